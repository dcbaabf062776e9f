import type { Outcome } from '../health/model.ts';
import type { JobContext, JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import { escapeSlack } from '../kernel/escape.ts';
import { isDeleted, isHomeless, triedAgain } from '../posting/failures.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce } from '../posting/post-once.ts';
import { expectedTimer, showJob, threadJob } from './jobs.ts';
import { isQuiet, isSilent, type Report } from './model.ts';
import { createPacing } from './pacing.ts';
import type { ReportPort, ReportPorts } from './ports.ts';
import * as rows from './store.ts';
import { isSnoozed, type Live } from './views/line.ts';
import { reportPost, type Shown } from './views/slack.ts';
import type { NowOf } from './views/words.ts';

/** Posts a report where it belongs, else where it can be read, and edits it until it shows how things stand. */
export function showHandler(ports: ReportPorts, slack: ReportPort): JobHandler<{ id: number }> {
  const { store, jobs, timers } = ports;
  const edits = createPacing(ports.clock);
  return async ({ id }, ctx) => {
    const report = await rows.findReport(store.db(), id);
    if (!report || (report.message && report.shown >= report.version)) return;
    if (!report.message && isSilent(report)) return;
    if (report.message) edits.begin(id);
    const shown = await shownOf(report, ports, slack);
    if (report.message) {
      const { channel, ts } = report.message;
      try {
        await slack.update({ channel, ts, post: reportPost(report, { ...shown, ...(await elsewhereOf(report)) }) });
      } catch (error) {
        // Somebody deleted it: they don't want to see it again.
        if (!isDeleted(error)) throw triedAgain(error);
      }
      return rows.setShown(store.db(), id, { version: report.version, channel, ts, at: shown.postedAt });
    }
    const at = await posted(report, shown, ctx).catch(async (error: unknown) => {
      // That it may be on its way says nothing of why it was not there at once.
      const waits = error instanceof PortError && error.reason === 'unconfirmed' && report.problem !== undefined;
      // Anything else may quote what no channel should read.
      const why = error instanceof PortError ? error.message : 'it failed: the log says why';
      if (!waits) await rows.setProblem(store.db(), id, why);
      throw error;
    });
    await store.transaction<unknown, void>(async (tx) => {
      await rows.setShown(tx, id, { version: at.earlier ? 0 : report.version, ...at, at: shown.postedAt });
      if (report.slot) await timers.cancel(tx, expectedTimer(report.name, report.slot));
      const alone = isQuiet(report.content) && report.plan.quiet !== 'full';
      // As it was then: it is edited to be as it is now.
      if (at.earlier) await jobs.enqueue(tx, showJob, { id }, { key: `report:${id}:earlier` });
      if (!alone) await jobs.enqueue(tx, threadJob, { id }, { key: `report:${id}:thread` });
    });
  };

  /** The note of a message that stands where it doesn't belong. */
  async function elsewhereOf({ id, plan }: Report): Promise<Pick<Shown, 'elsewhere'>> {
    const { posted: there } = await ledgerOf(store, `report/${id}`).read(elsewhereKeyOf(id));
    return there ? { elsewhere: `It belongs to ${plan.channel}, which could not be posted to` } : {};
  }

  async function posted(report: Report, shown: Shown, ctx: JobContext) {
    const { channel, fallback } = report.plan;
    if (channel === undefined) throw new PortError('no_channel', 'no channel is configured', { retryable: false });
    const once = { slack, ctx, ledger: ledgerOf(store, `report/${report.id}`) };
    const key = `report:${report.id}`;
    const elsewhereKey = elsewhereKeyOf(report.id);
    const { posted: there } = await once.ledger.read(elsewhereKey);
    if (there) return { ...there, earlier: true };
    try {
      return await postOnce({ channel, key, post: reportPost(report, shown) }, report.madeAt, once);
    } catch (error) {
      if (!isHomeless(error) || fallback === undefined || fallback === channel) throw error;
      const elsewhere = `It belongs to ${channel}, which can't be posted to (${error.reason}): ${remedyOf(error, channel)}`;
      const post = reportPost(report, { ...shown, elsewhere });
      return postOnce({ channel: fallback, key: elsewhereKey, post }, report.madeAt, once);
    }
  }
}

const elsewhereKeyOf = (id: number) => `report:${id}@fallback`;

function remedyOf({ reason }: PortError, channel: string): string {
  if (reason === 'is_archived') return `unarchive it, or name another channel in the report's file`;
  if (reason === 'not_in_channel' || reason === 'channel_not_found')
    return `create it, or \`/invite\` me to it when it is private`;
  return `let me post to ${channel}, or name another channel in the report's file`;
}

/** What a message shows beyond the report: what changed since, and whom it mentions. */
async function shownOf(report: Report, ports: ReportPorts, slack: ReportPort): Promise<Shown> {
  const [items, last] = await Promise.all([
    rows.readItems(ports.store.db()),
    ports.health.last({ kind: 'all' }).catch(() => undefined),
  ]);
  const checks = new Map((last?.checks ?? []).map((check) => [`check/${check.id}`, check]));
  const nowOf: NowOf = (item) => {
    const check = checks.get(item);
    return check && { outcome: check.outcome satisfies Outcome, since: check.since };
  };
  const now = ports.clock.now();
  const wanted = wantsSomebody(report, { now, items, nowOf }) ? report.plan.audience : [];
  // Who can't be mentioned is named: somebody knows them.
  const mentions = await Promise.all(wanted.map(async (name) => (await slack.mentionOf(name)) ?? escapeSlack(name)));
  return { now, items, nowOf, postedAt: report.message?.postedAt ?? now, mentions };
}

/** Whether somebody has to do something, and nobody said of all of it that it can wait. Pure. */
function wantsSomebody({ content }: Report, live: Live): boolean {
  const urgent = content.sections.filter(({ attention }) => attention === 'act');
  const lines = urgent.flatMap((section) => section.lines);
  return urgent.length > 0 && (lines.length === 0 || lines.some((line) => !isSnoozed(line, live)));
}
