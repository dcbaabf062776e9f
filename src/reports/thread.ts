import type { Chart } from '../charts/model.ts';
import type { JobHandler } from '../jobs/model.ts';
import type { Picture } from '../kernel/command.ts';
import { OpsError, PortError } from '../kernel/errors.ts';
import { isHomeless } from '../posting/failures.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce } from '../posting/post-once.ts';
import type { Report } from './model.ts';
import type { ReportPort, ReportPorts } from './ports.ts';
import * as rows from './store.ts';
import { checksTable, tablePosts } from './views/tables.ts';

/** Pictures below one report. */
const mostPictures = 8;

/** Puts the full tables and the pictures below a report, each once. The message stands without them. */
export function threadHandler(ports: ReportPorts, slack: ReportPort): JobHandler<{ id: number }> {
  const { store, log } = ports;
  return async ({ id }, ctx) => {
    const report = await rows.findReport(store.db(), id);
    if (!report?.message) return;
    const { channel, ts: threadTs } = report.message;
    const once = { slack, ctx, ledger: ledgerOf(store, `report/${id}`) };
    try {
      for (const [at, post] of tablePosts(tablesOf(report)).entries())
        await postOnce({ channel, threadTs, key: `report:${id}:table:${at}`, post }, report.madeAt, once);
      if ((await once.ledger.read('pictures')).posted || (await once.ledger.read('pictures')).begun) return;
      const pictures = await drawn(report, ports, ctx.signal);
      // Files have no key to look them up by: they are begun once, and are lost rather than doubled.
      if (pictures.length === 0 || !(await once.ledger.begin('pictures', { channel, threadTs }))) return;
      await slack.upload({ channel, threadTs, pictures, stillMine: ctx.stillMine });
      await once.ledger.posted('pictures', { channel, ts: threadTs });
    } catch (error) {
      if (error instanceof PortError && (error.reason === 'missing_scope' || isHomeless(error)))
        return void log.warn({ err: error, report: report.name }, 'a report stands without its tables or pictures');
      throw error;
    }
  };
}

/** The tables of its sections, then all checks. Pure. */
export function tablesOf(report: Report) {
  return [...report.content.sections.flatMap(({ tables = [] }) => tables), checksTable(report)];
}

async function drawn(report: Report, { charts, log }: ReportPorts, signal: AbortSignal): Promise<Picture[]> {
  const wanted = report.content.sections.flatMap(({ charts: each = [] }) => each).slice(0, mostPictures);
  if (wanted.length === 0) return [];
  try {
    const pngs = await charts.draw(wanted, signal);
    return pngs.map((png, at) => ({ ...namesOf(wanted[at]!, report, at), png }));
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    log.warn({ err: error, report: report.name }, 'a report stands without its pictures');
    return [];
  }
}

function namesOf(chart: Chart, { name }: Report, at: number): Omit<Picture, 'png'> {
  const title = `${chart.title}: ${chart.subtitle}`;
  return { name: `${name}-${at + 1}.png`, title, alt: `Chart. ${title}` };
}
