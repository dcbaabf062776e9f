import { formatDuration } from '../../kernel/duration.ts';
import type { ChecklistState } from '../ports.ts';
import type { SectionContext } from '../section.ts';
import { dayWords } from '../views/words.ts';
import type { Point } from './compliance.ts';
import { endedBackwards } from './ended.ts';

/** Checklists that are about compliance where nobody names any. */
const isAbout = ({ name }: ChecklistState) => /hipaa|compliance/i.test(name);

/** How checklists stand: the newest run of each. `named`: those that must be there; `withinMs`: how old the last may be. */
export async function checklistPoints(
  { sources, now, zone, signal }: SectionContext,
  { named, withinMs }: { named: readonly string[]; withinMs: number },
): Promise<Point[]> {
  const runs = [...(await sources.checklists.open())];
  for await (const ended of endedBackwards(sources.checklists, { now, backMs: withinMs })) {
    signal.throwIfAborted();
    runs.push(...ended);
    if (named.length > 0 && named.every((name) => runs.some((run) => run.name === name))) break;
  }
  // Of each the last one that began, under way or over.
  const newest = new Map<string, ChecklistState>();
  for (const run of runs) {
    const isMeant = named.length > 0 ? named.includes(run.name) : isAbout(run);
    const before = newest.get(run.name);
    if (isMeant && (!before || before.startedAt <= run.startedAt)) newest.set(run.name, run);
  }
  const absent = named
    .filter((name) => !newest.has(name))
    .map((name): Point => {
      const words = `not gone through within ${formatDuration(withinMs)}`;
      return { what: `Checklist ${name}`, state: 'no', words, next: `\`/ops checklist ${name}\` begins it` };
    });
  return [...newest.values()].map((run) => pointOf(run, { now, zone })).concat(absent);
}

function pointOf(run: ChecklistState, { now, zone }: { now: Date; zone: string }): Point {
  const { id, title, owner, done, total, dueAt, closed } = run;
  const base = { what: title, ...(owner !== undefined && { owner }) };
  const progress = `${done}/${total} done`;
  if (closed?.how === 'done') return { ...base, state: 'yes', words: `${progress}, ${dayWords(closed.at, zone)}` };
  if (closed) return { ...base, state: 'no', words: `${progress}, closed ${dayWords(closed.at, zone)}` };
  const item = `checklist/${id}`;
  if (dueAt !== undefined && dueAt < now)
    return { ...base, state: 'no', words: `${progress}, overdue`, since: dueAt.toISOString(), item };
  const due = dueAt === undefined ? '' : `, due ${dayWords(dueAt, zone)}`;
  return { ...base, state: 'open', words: `${progress}${due}`, item };
}
