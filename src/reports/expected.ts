import type { JobHandler } from '../jobs/model.ts';
import { escapeSlack } from '../kernel/escape.ts';
import { isHomeless } from '../posting/failures.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce } from '../posting/post-once.ts';
import { whereOf } from './make.ts';
import { isSilent, type Report } from './model.ts';
import type { ReportPort, ReportPorts } from './ports.ts';
import type { ReportFile } from './read.ts';
import * as rows from './store.ts';
import { missingPost } from './views/slack.ts';
import { dayWords } from './views/words.ts';

/**
 * Tells the fallback channel (where that can't be posted to, the report's own) and the owner that a report is not there in
 * time, once a slot, and why as far as it is known.
 */
export function expectedHandler(ports: ReportPorts, slack: ReportPort): JobHandler<{ name: string; slot: string }> {
  const { ops, store, log, files } = ports;
  return async (missed, ctx) => {
    const slot = new Date(missed.slot);
    const file = files.all().get(missed.name);
    const report = await rows.reportOfSlot(store.db(), missed.name, slot);
    if (report && (report.message || isSilent(report))) return;
    const why = whyMissing(report, file, missed.name);
    // Before it is said in Slack, which may be what is wrong.
    if (ctx.attempt === 1) log.error({ report: missed.name, slot, why }, 'a report is not posted in time');
    const where = report?.plan ?? { ...whereOf(file ?? {}, ops.slack), owner: file?.owner };
    const channels = [...new Set([where.fallback, where.channel].filter((each) => each !== undefined))];
    if (channels.length === 0) return void log.error({ report: missed.name }, 'there is no channel to say so');
    const mention = where.owner === undefined ? undefined : await slack.mentionOf(where.owner);
    const post = missingPost({
      ...{ name: missed.name, title: report?.title ?? file?.title ?? missed.name, why },
      due: dayWords(slot, report?.plan.zone ?? file?.zone ?? ops.team.zone),
      owner: mention ?? (where.owner === undefined ? undefined : escapeSlack(where.owner)),
    });
    const once = { slack, ctx, ledger: ledgerOf(store, `report/${missed.name}/${missed.slot}`) };
    for (const [at, channel] of channels.entries()) {
      const key = `report:${missed.name}:${missed.slot}:missing${at === 0 ? '' : `:${at + 1}`}`;
      try {
        return void (await postOnce({ channel, key, post }, slot, once));
      } catch (error) {
        if (!isHomeless(error) || at === channels.length - 1) throw error;
      }
    }
  };
}

function whyMissing(report: Report | undefined, file: ReportFile | undefined, name: string): string {
  if (report) return `It was made, and Slack has not taken it: ${report.problem ?? 'it waits for its turn'}.`;
  if (!file) return `It was not made: there is no file templates/reports/${name}.yml any more.`;
  return 'It was not made yet: `/ops jobs` tells what became of reports.make.';
}
