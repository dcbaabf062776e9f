import { z } from 'zod';
import { countActs, denial, lastActs } from '../acts.ts';
import { checksOrWhy } from '../estate/about.ts';
import { countOf, figure, isMeasured, listOf, numberOf } from '../estate/facts.ts';
import { fewRows } from '../estate/few.ts';
import { namesOf } from '../people.ts';
import { defineReportSection } from '../section.ts';
import { dayWords } from '../views/words.ts';

const options = z.strictObject({
  without: z
    .array(z.string().min(1).max(60))
    .default(['report', 'checklist', 'task', 'page.test'])
    .describe('actions, or their first word, that are no changes; denials never are'),
});

/** Rows that a table lists one by one. */
const mostListed = 60;

/** Who changed what since the report before, as the audit recorded it. */
export default defineReportSection({
  name: 'changes-log',
  summary: 'What was done through Rounds since the report before: how much, and in the thread who did what and when',
  options,
  async run(ctx, { without }) {
    const { sources, from, now: to, zone } = ctx;
    const [db, left] = [sources.store.db(), [...without, denial]];
    const acts = await countActs(db, { from, to }, left);
    ctx.signal.throwIfAborted();
    const last = await lastActs(db, { from, to }, { without: left, most: mostListed });
    const nameOf = await namesOf(
      ctx,
      [...acts.by, ...last].map(({ actor }) => actor),
    );
    const { checks, why } = await checksOrWhy(ctx);
    const unknown = [
      ...(acts.cut ? ['only the newest 200,000 rows of the audit were counted: shorten `covers`'] : []),
      ...(why !== undefined && sources.ops.checks.some(({ type }) => type === 'ecs-services')
        ? [`deployments: ${why}`]
        : []),
    ];
    const services = checks.filter((check) => check.type === 'ecs-services' && isMeasured(check));
    const underWay = services.reduce((sum, check) => sum + (numberOf(check, 'rollouts_in_progress') ?? 0), 0);
    const failed = services.reduce((sum, check) => sum + countOf(listOf(check, 'rollouts_failed') ?? []), 0);
    const briefs = [
      acts.done > 0 ? `changes ${figure(acts.done)} by ${peopleWords(acts.people)}` : '',
      underWay > 0 ? `deployments under way ${underWay}` : '',
      failed > 0 ? `deployments failed ${failed}` : '',
    ].filter(Boolean);
    return {
      title: 'Change log',
      attention: 'none',
      lines: [],
      unknown,
      ...(briefs.length > 0 && { brief: briefs.join(', ') }),
      tables: [
        ...fewRows(acts.by, {
          title: 'Done through Rounds',
          columns: ['Who', 'What', 'Times', 'Last'],
          row: ({ actor, action, times, last: at }) => [nameOf(actor), action, times, dayWords(at, zone)],
        }),
        ...fewRows(last, {
          title: acts.done > last.length ? `The last ${last.length} of ${acts.done} changes` : 'Changes, newest first',
          columns: ['When', 'Who', 'What', 'Of'],
          row: ({ at, actor, action, target }) => [dayWords(at, zone), nameOf(actor), action, target],
        }),
        ...fewRows(services.filter(isDeploying), {
          title: 'Deployments',
          columns: ['Check', 'Under way', 'Failed', 'Not on the newest revision'],
          row: (check) => [
            check.id,
            numberOf(check, 'rollouts_in_progress'),
            listOf(check, 'rollouts_failed')?.join(', ') || null,
            listOf(check, 'behind')?.join(', ') || null,
          ],
        }),
      ],
      values: { changes: acts.done },
    };
  },
});

function isDeploying(check: Parameters<typeof listOf>[0]): boolean {
  const lists = ['rollouts_failed', 'behind'].flatMap((name) => listOf(check, name) ?? []);
  return (numberOf(check, 'rollouts_in_progress') ?? 0) > 0 || lists.length > 0;
}

function peopleWords(count: number): string {
  if (count === 0) return 'Rounds itself';
  return count === 1 ? '1 person' : `${count} people`;
}
