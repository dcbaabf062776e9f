import type { JobHandler } from '../jobs/model.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce } from '../posting/post-once.ts';
import { whereOf } from './make.ts';
import { isSilent, type Report } from './model.ts';
import type { ReportPort, ReportPorts } from './ports.ts';
import * as rows from './store.ts';
import { missingPost } from './views/slack.ts';
import { dayWords } from './views/words.ts';

/** Tells the fallback channel and the owner that a report is not there in time, once a slot, and why as far as it is known. */
export function expectedHandler(ports: ReportPorts, slack: ReportPort): JobHandler<{ name: string; slot: string }> {
  const { ops, store, log, files } = ports;
  return async (missed, ctx) => {
    const slot = new Date(missed.slot);
    const file = files.all().get(missed.name);
    const report = await rows.reportOfSlot(store.db(), missed.name, slot);
    if (report && (report.message || isSilent(report))) return;
    const where = report?.plan ?? (file && { ...whereOf(file, ops.slack), owner: file.owner });
    const channel = where?.fallback ?? where?.channel;
    if (channel === undefined)
      return void log.error({ report: missed.name, slot }, 'a report is not posted, and there is nowhere to say so');
    const why = whyMissing(report);
    const mention = where?.owner === undefined ? undefined : await slack.mentionOf(where.owner);
    const post = missingPost({
      ...{ name: missed.name, title: report?.title ?? file?.title ?? missed.name, why },
      due: dayWords(slot, report?.plan.zone ?? file?.zone ?? ops.team.zone),
      owner: mention ?? where?.owner,
    });
    const ledger = ledgerOf(store, `report/${missed.name}/${missed.slot}`);
    await postOnce({ channel, key: `report:${missed.name}:${missed.slot}:missing`, post }, slot, {
      slack,
      ctx,
      ledger,
    });
    log.error({ report: missed.name, slot, why }, 'a report is not posted in time');
  };
}

function whyMissing(report: Report | undefined): string {
  if (report === undefined) return 'It was not made yet: `/ops jobs` tells what became of reports.make.';
  return `It was made, and Slack has not taken it: ${report.problem ?? 'it waits for its turn'}.`;
}
