import type { CheckReport } from '../../health/model.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { isOpen } from '../check-line.ts';
import type { ReportLine } from '../model.ts';
import type { SectionContext } from '../section.ts';
import { endedBackwards } from './ended.ts';
import { isMeasured, numberOf, textOf } from './facts.ts';

const dayMs = 86_400_000;
/** How far back a restore test is looked for that a checklist stands for. */
const lookedMs = 400 * dayMs;

/** When a backup was last restored to try it. */
export interface RestoreTest {
  brief: string;
  /** The job that it is, where it is one. */
  check?: CheckReport;
  row: [what: string, age: string, limit: string];
  line?: ReportLine;
  unknown?: string;
}

/** The last success of the job, or the last end of the checklist, that is the restore test `name`. */
export async function restoreTestOf(ctx: SectionContext, name: string, withinMs: number): Promise<RestoreTest> {
  const check = (await ctx.health()).checks.find(({ id }) => id === name);
  const limit = formatDuration(withinMs);
  if (check) {
    const ageS = isMeasured(check) ? numberOf(check, 'age_s') : null;
    const never = textOf(check, 'last_ok_at') === 'never';
    const unknown = `${name}: when a restore was tested is not known: ${check.reason}`;
    if (ageS === null && !never)
      return {
        ...{ check, brief: 'restore test unknown', row: [name, 'unknown', limit] },
        ...(check.outcome === 'ok' && { unknown }),
      };
    const { line, ...test } = judged(name, { ageMs: ageS === null ? undefined : ageS * 1_000, withinMs });
    return { ...test, check, ...(line && !isOpen(check) && { line }) };
  }
  for await (const ended of endedBackwards(ctx.sources.checklists, { now: ctx.now, backMs: lookedMs })) {
    ctx.signal.throwIfAborted();
    const last = ended.findLast((run) => run.name === name && run.closed?.how === 'done')?.closed?.at;
    if (last) return judged(name, { ageMs: ctx.now.getTime() - last.getTime(), withinMs });
  }
  return judged(name, { ageMs: undefined, withinMs });
}

function judged(name: string, { ageMs, withinMs }: { ageMs: number | undefined; withinMs: number }): RestoreTest {
  const limit = formatDuration(withinMs);
  const days = ageMs === undefined ? undefined : Math.floor(ageMs / dayMs);
  const age = days === undefined ? 'never' : `${days} d ago`;
  const late = ageMs === undefined || ageMs > withinMs;
  const known = days === undefined ? 'no restore test is known' : `the last restore test was ${days} d ago`;
  const line: ReportLine = {
    ...{ mark: 'warn', text: `${name}: ${known} (limit ${limit})`, next: 'restore a backup, and record it there' },
  };
  const brief = days === undefined ? 'restore never tested' : `restore tested ${age}`;
  return { brief, row: [name, age, limit], ...(late && { line }) };
}
