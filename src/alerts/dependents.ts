import type { Check } from '../config/model.ts';

/** How many checks depend on a check, near or far. */
export function dependentsOf(checks: readonly Pick<Check, 'id' | 'dependsOn'>[]): (checkId: string) => number {
  const children = new Map<string, string[]>();
  for (const { id, dependsOn } of checks) {
    for (const parent of dependsOn) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  return (checkId) => {
    const below = new Set<string>();
    const waiting = [checkId];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const child of children.get(at) ?? []) {
        if (below.has(child) || child === checkId) continue;
        below.add(child);
        waiting.push(child);
      }
    }
    return below.size;
  };
}
