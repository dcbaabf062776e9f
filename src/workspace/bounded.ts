/** Adds to a list that forgets its oldest tenth when it is full. */
export function append<T>(list: T[], item: T, max: number): void {
  if (list.length >= max) list.splice(0, Math.ceil(max / 10));
  list.push(item);
}

/** Sets a key of a map that forgets its oldest key when it is full. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  const oldest = map.keys().next();
  if (map.size >= max && !map.has(key) && !oldest.done) map.delete(oldest.value);
  map.set(key, value);
}
