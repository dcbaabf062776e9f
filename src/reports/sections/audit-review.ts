import { z } from 'zod';
import { type Acts, countActs, denial } from '../acts.ts';
import {
  type About,
  aboutChecks,
  aboutKeys,
  attentionFor,
  notOkWords,
  openLines,
  type Show,
  showKey,
} from '../estate/about.ts';
import { changed, figure } from '../estate/facts.ts';
import { fewLines, fewRows } from '../estate/few.ts';
import { type Count, countsOf, unusual, withBefore } from '../estate/review.ts';
import type { ReportLine } from '../model.ts';
import { namesOf } from '../people.ts';
import { defineReportSection } from '../section.ts';
import { dayWords } from '../views/words.ts';

const options = z.strictObject({
  checks: aboutKeys.checks.describe('`postgres-query` checks that count rows of your own audit tables, a column each'),
  labels: z
    .record(z.string().max(60), z.string().trim().min(1).max(60))
    .default({})
    .describe('what their columns are called: `{phi_access: PHI access events}`; default: the name'),
  rise: z.number().min(1).max(1_000).default(3).describe('times the report before from which a number is unusual'),
  rise_from: z.int().min(1).max(1_000_000).default(10).describe('a smaller rise than this is none'),
  show: showKey,
});

/** What the audit says of some time: the operator's own tables, and what was done through Rounds. */
export default defineReportSection({
  name: 'audit-review',
  summary: 'The audit of the time since the report before: totals, people, denials, what rose; in the thread by action',
  options,
  async run(ctx, { checks, labels, rise, rise_from, show }) {
    const span = { from: ctx.from, to: ctx.now };
    const acts = await countActs(ctx.sources.store.db(), span);
    ctx.signal.throwIfAborted();
    const before = ctx.previous?.values ?? {};
    const about = checks.length > 0 ? await aboutChecks(ctx, { checks, groups: [] }, () => false) : noChecks;
    const counts = [
      ...about.checks.flatMap((check) => countsOf(check, { labels, before })),
      ...ownCounts(acts, before),
    ];
    const rose = unusual(counts, { times: rise, from: rise_from });
    const nameOf = await namesOf(
      ctx,
      acts.by.map(({ actor }) => actor),
    );
    const unknown = [...about.unknown, ...(acts.cut ? ['only the newest 200,000 rows of the audit were counted'] : [])];
    const isEmpty = checks.length === 0 && acts.done + acts.denied === 0;
    return {
      title: 'Audit review',
      attention: attentionFor({ ...about, unknown }, show, rose),
      lines: [
        ...openLines(about.checks, show),
        ...fewLines(rose, { of: 'numbers are unusual', line: (line) => line }),
        ...fewLines(isEmpty ? [] : counts, { of: 'numbers', line: (count) => infoLine(count, show) }),
      ],
      unknown,
      ...(!isEmpty && { brief: `${briefOf(rose.length, about)}${notOkWords(about.checks)}` }),
      tables: [
        ...fewRows(isEmpty ? [] : counts, {
          title: 'Audit, totals',
          columns: ['What', 'Number', 'Report before'],
          row: (count) => [count.label, changed(count.value, count.before), count.before ?? null],
        }),
        ...fewRows(
          acts.by.filter(({ action }) => action !== denial),
          { title: 'Done through Rounds', columns: actColumns, row: actRow(nameOf, ctx.zone) },
        ),
        ...fewRows(
          acts.by.filter(({ action }) => action === denial),
          { title: 'Denied by Rounds', columns: actColumns, row: actRow(nameOf, ctx.zone) },
        ),
      ],
      values: Object.fromEntries(counts.map(({ key, value }) => [key, value])),
    };
  },
});

const noChecks = { checks: [], unknown: [] };
const actColumns = ['Who', 'What', 'Times', 'Last'];

function ownCounts({ done, denied, people }: Acts, before: Readonly<Record<string, number>>): Count[] {
  const counts: [string, string, number][] = [
    ['rounds.done', 'done through Rounds', done],
    ['rounds.people', 'people who did so', people],
    ['rounds.denied', 'denied by Rounds', denied],
  ];
  return counts.map(([key, label, value]) => ({ key, label, value, ...withBefore(before[key]) }));
}

function briefOf(rose: number, { checks, unknown }: About): string {
  if (rose > 0) return `audit: ${rose} unusual`;
  const isWhole = unknown.length === 0 && checks.every(({ outcome }) => outcome === 'ok');
  return isWhole ? 'audit: nothing unusual' : 'audit';
}

function infoLine({ label, value, before }: Count, show: Show): ReportLine {
  const text = `${label}: ${figure(value)}${beforeWords(before)}`;
  return { mark: 'info', text, ...(show === 'thread' && { threadOnly: true as const }) };
}

function beforeWords(before: number | undefined): string {
  return before === undefined ? '' : ` (report before ${figure(before)})`;
}

function actRow(nameOf: (actor: string) => string, zone: string) {
  return ({ actor, action, times, last }: Acts['by'][number]) => [nameOf(actor), action, times, dayWords(last, zone)];
}
