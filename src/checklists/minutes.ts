import type { Checklist, Item, RunItem } from './model.ts';

/**
 * How long a person needs for each item, ms, by its id: as the file says, or an equal part of what the others leave of the whole;
 * undefined where the file says neither. Pure.
 */
export function effortOf({ items, expectedMs }: Pick<Checklist, 'items' | 'expectedMs'>): Map<string, number> {
  const efforts = new Map(items.flatMap(({ id, expectedMs: ms }) => (ms === undefined ? [] : [[id, ms] as const])));
  const said = [...efforts.values()].reduce((sum, ms) => sum + ms, 0);
  const silent = items.filter(({ id }) => !efforts.has(id));
  if (expectedMs === undefined || silent.length === 0) return efforts;
  const part = Math.max(0, expectedMs - said) / silent.length;
  for (const { id } of silent) efforts.set(id, part);
  return efforts;
}

/** How much of a checklist is left for people, and how long all of it takes by hand. */
export interface Effort {
  leftMs: number;
  wholeMs: number;
}

/** Undefined where the file says nothing of it. `left`: which items a person still has to do. Pure. */
export function effortLeft(
  plan: Checklist,
  items: readonly RunItem[],
  left: (one: RunItem) => boolean,
): Effort | undefined {
  const efforts = effortOf(plan);
  const sum = (some: readonly Item[]) => some.reduce((ms, { id }) => ms + (efforts.get(id) ?? 0), 0);
  const wholeMs = plan.expectedMs ?? sum(plan.items);
  if (wholeMs === 0) return undefined;
  return { leftMs: Math.min(wholeMs, sum(items.filter(left).map(({ item }) => item))), wholeMs };
}
