import type { ChecklistState, ChecklistsPast } from '../ports.ts';

/** So much at a time: of a longer time not all would be told, and the oldest first. */
const sliceMs = 14 * 86_400_000;

/** Checklists that ended within `backMs` before `now`, the newest slice of time first. */
export async function* endedBackwards(
  checklists: Pick<ChecklistsPast, 'endedBetween'>,
  { now, backMs }: { now: Date; backMs: number },
): AsyncGenerator<ChecklistState[]> {
  const first = now.getTime() - backMs;
  for (let to = now.getTime(); to > first; to -= sliceMs)
    yield await checklists.endedBetween(new Date(Math.max(first, to - sliceMs)), new Date(to));
}
