/** Below this a value says nothing: whole values are left out instead, bytes of JSON. */
const leastShown = 120;
/** Room for saying what is missing. */
const noteBytes = 80;

/**
 * Plain JSON cut to `max` bytes of JSON: the largest values first, all down to the same size, each saying how much of it is
 * missing; where there are too many values, those without room are left out and counted. What fits is returned as it is. Pure.
 */
export function fitDetails(details: Record<string, unknown>, max: number): Record<string, unknown> {
  if (sizeOf(details) <= max) return details;
  return max < 2 * leastShown ? {} : fitMembers(details, max);
}

/** The bytes of a value as JSON. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? 'null');
}

function fit(value: unknown, max: number): unknown {
  const size = sizeOf(value);
  if (size <= max) return value;
  if (typeof value === 'string') return fitText(value, max);
  if (typeof value !== 'object' || value === null || max < 2 * leastShown) return `[${bytes(size)} left out]`;
  return Array.isArray(value) ? fitItems(value, max) : fitMembers({ ...value }, max);
}

function fitText(text: string, max: number): string {
  let end = 0;
  let above = text.length + 1;
  while (above - end > 1) {
    const middle = (end + above) >> 1;
    if (sizeOf(text.slice(0, middle)) <= max - noteBytes) end = middle;
    else above = middle;
  }
  const head = text.slice(0, end).replace(/[\ud800-\udbff]$/, '');
  const [left, all] = [text.length - head.length, text.length].map((count) => count.toLocaleString('en'));
  return `${head}… (${left} of ${all} characters left out)`;
}

function fitMembers(members: Record<string, unknown>, max: number): Record<string, unknown> {
  const parts = Object.entries(members).map(([key, value]) => ({ key, value, extra: sizeOf(key) + 2 }));
  const kept = keep(parts, max);
  const shown = Object.fromEntries(kept.map(({ key, value }) => [key, value]));
  return kept.length === parts.length ? shown : { ...shown, '…': leftOut(parts.length - kept.length) };
}

function fitItems(items: unknown[], max: number): unknown[] {
  const kept = keep(
    items.map((value) => ({ value, extra: 1 })),
    max,
  ).map(({ value }) => value);
  return kept.length === items.length ? kept : [...kept, leftOut(items.length - kept.length)];
}

/** Those that have room, each cut to an equal share. `extra` = the bytes around a value. */
function keep<T extends { value: unknown; extra: number }>(parts: T[], max: number): T[] {
  let room = max - noteBytes - 2;
  const sizes = parts.map(({ value, extra }) => sizeOf(value) + extra);
  const share = Math.max(leastShown, shareOf(sizes, room));
  return parts.flatMap((part) => {
    const value = fit(part.value, share - part.extra);
    const size = sizeOf(value) + part.extra;
    if (size > room) return [];
    room -= size;
    return [{ ...part, value }];
  });
}

/** The size down to which all that are larger must be cut, so that together they have room. */
function shareOf(sizes: number[], budget: number): number {
  let left = budget;
  const ascending = sizes.toSorted((a, b) => a - b);
  for (const [at, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - at));
    if (size > share) return share;
    left -= size;
  }
  return budget;
}

function leftOut(values: number): string {
  return `${values.toLocaleString('en')} more ${values === 1 ? 'value' : 'values'} left out`;
}

function bytes(size: number): string {
  return size < 1_000 ? `${size} bytes` : `${Math.round(size / 1_000).toLocaleString('en')} KB`;
}
