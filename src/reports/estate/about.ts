import { z } from 'zod';
import { identifier, oneOrMany } from '../../config/schema/scalars.ts';
import { type CheckReport, countOutcomes, type Outcome } from '../../health/model.ts';
import { countsLine, faces } from '../../health/views/words.ts';
import { OpsError } from '../../kernel/errors.ts';
import { attentionOf, checkLine, isOpen } from '../check-line.ts';
import type { ReportLine, SectionResult } from '../model.ts';
import type { SectionContext } from '../section.ts';
import { fewLines } from './few.ts';

const ids = oneOrMany(identifier).default([]).meta({ title: 'id, or a list' });

/** Options of a section about checks of some types. */
export const aboutKeys = {
  checks: ids.describe('the checks that it is about, whatever their type; default: all of its types'),
  groups: ids.describe('only checks of these groups'),
};

export const showKey = z
  .enum(['thread', 'always'])
  .default('thread')
  .describe(
    'where it tells of checks that are not ok: in the thread, for reports that have `changes` and `open`, or in the message, too',
  );
export type Show = z.output<typeof showKey>;

/** The checks of a section, worst first, and which of the named ones there are not. */
export interface About {
  checks: CheckReport[];
  unknown: string[];
}

/** The chosen checks; named ones, else those of the groups, else all that `isOfKind`. Rejects as `health` does. */
export async function aboutChecks(
  ctx: SectionContext,
  { checks, groups }: { checks: readonly string[]; groups: readonly string[] },
  isOfKind: (check: CheckReport) => boolean,
): Promise<About> {
  const report = await ctx.health();
  const named = new Set(checks);
  const narrowed = checks.length + groups.length > 0;
  const { ops } = ctx.sources;
  const isThere = (id: string) => ops.checks.some((check) => check.id === id);
  const isGroup = (id: string) => ops.groups.has(id) || ops.checks.some(({ group }) => group === id);
  return {
    checks: report.checks.filter((check) => {
      if (!narrowed) return isOfKind(check);
      return named.has(check.id) || (groups.includes(check.group) && isOfKind(check));
    }),
    unknown: [
      ...checks.filter((id) => !isThere(id)).map((id) => missing('check', id)),
      ...groups.filter((id) => !isGroup(id)).map((id) => missing('group', id)),
    ],
  };
}

/** All checks; none, and why, when they could not be measured: for a section that has more to say. */
export async function checksOrWhy(
  ctx: Pick<SectionContext, 'health'>,
): Promise<{ checks: CheckReport[]; why?: string }> {
  try {
    return { checks: (await ctx.health()).checks };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { checks: [], why: error.message };
  }
}

function missing(what: 'check' | 'group', id: string): string {
  return `there is no ${what} ${id}: correct the name in the file of this report, or configure it`;
}

/** Those that need a look, as lines; in the thread alone where `changes` and `open` tell of them. */
export function openLines(checks: readonly CheckReport[], show: Show): ReportLine[] {
  return fewLines(checks.filter(isOpen), {
    of: 'checks need a look',
    line: (check) => ({ ...checkLine(check), ...(show === 'thread' && { threadOnly: true as const }) }),
  });
}

/** What a section asks of a reader: of `checks` only where it tells of them itself. */
export function attentionFor(
  { checks, unknown }: About,
  show: Show,
  ownLines: readonly unknown[] = [],
): SectionResult['attention'] {
  const ofChecks = show === 'always' ? attentionOf(checks) : 'none';
  return ofChecks === 'none' && unknown.length + ownLines.length > 0 ? 'look' : ofChecks;
}

/** `5/6 (1 fail)`: how many are well, and what the checks that are not are. */
export function countWords({ good, of }: { good: number; of: number }, checks: readonly CheckReport[]): string {
  return `${good}/${of}${notOkWords(checks)}`;
}

/** ` (1 fail · 2 unknown)`; nothing when all are ok. */
export function notOkWords(checks: readonly CheckReport[]): string {
  const counts = countOutcomes(checks);
  return counts.ok === checks.length ? '' : ` (${countsLine({ ...counts, ok: 0 })})`;
}

/** `🟢 OK`. */
export function stateCell(outcome: Outcome): string {
  return `${faces[outcome].mark} ${faces[outcome].word}`;
}
