import { z } from 'zod';
import type { MaintenanceWindow } from '../../config/model.ts';
import type { CheckReport } from '../../health/model.ts';
import type { Silence } from '../../health/silences/model.ts';
import { maintenancePlan } from '../../health/silences/plan.ts';
import { firstFew } from '../../kernel/first-few.ts';
import type { ReportLine, SectionResult } from '../model.ts';
import { defineReportSection } from '../section.ts';
import { dayWords } from '../views/words.ts';

/** What keeps checks quiet now and until the next report, and what AWS will change. */
export default defineReportSection({
  name: 'maintenance',
  summary: 'Maintenance and mutes now and until the next report; what AWS has pending for databases and caches',
  options: z.strictObject({}),
  async run(ctx): Promise<SectionResult> {
    const { sources, now, until, zone } = ctx;
    const [silences, { checks }] = await Promise.all([sources.health.silences(), ctx.health()]);
    const plan = maintenancePlan(sources.ops.maintenance, silences, now);
    const coming = plan.upcoming.filter(({ from }) => from < until);
    const time = (at: Date) => dayWords(at, zone);
    const pending = checks.flatMap(pendingOf);
    const lines: ReportLine[] = [
      ...plan.open.map(({ window, until: end }) => info(`${windowWords(window)} until ${time(end)}`)),
      ...plan.silences.map((silence) => info(`${silenceWords(silence)} until ${time(silence.until)}`)),
      ...coming.map(({ window, from, until: end }) =>
        info(`${windowWords(window)} from ${time(from)} to ${time(end)}`),
      ),
      ...pending,
    ];
    const muted = silences.filter(({ kind }) => kind === 'mute').map(({ target }) => target.id);
    const working = [
      ...plan.open.map(({ window }) => window.id),
      ...silences.filter(({ kind }) => kind === 'maintenance').map(({ target }) => target.id),
    ];
    const waiting = pending.filter(({ mark }) => mark === 'info').length;
    const brief = [
      working.length > 0 ? `in maintenance: ${firstFew(working, 3)}` : '',
      muted.length > 0 ? `muted: ${firstFew(muted, 3)}` : '',
      coming.length > 0
        ? `maintenance to come: ${firstFew(
            coming.map(({ window }) => window.id),
            3,
          )}`
        : '',
      waiting > 0 ? `pending in AWS: ${waiting}` : '',
    ].filter(Boolean);
    return {
      title: 'Maintenance',
      attention: 'none',
      lines,
      ...(lines.length > 0 && {
        tables: [{ title: 'Maintenance', columns: ['What'], rows: lines.map(({ text }) => [text]) }],
      }),
      ...(brief.length > 0 && { brief: brief.join(' · ') }),
    };
  },
});

/** Nothing here asks for anybody: the thread has it, the quiet line its names. */
function info(text: string): ReportLine {
  return { mark: 'info', text, threadOnly: true };
}

/** The check itself warns of it: this says it in one place. Pure. */
function pendingOf({ id, facts }: CheckReport): ReportLine[] {
  const of = (read: unknown, list: unknown, what: string): ReportLine[] => {
    if (read === false) return [{ ...info(`${id}: ${what} could not be read`), mark: 'unknown' }];
    return Array.isArray(list) && list.length > 0
      ? [info(`${id}: ${what} pending: ${firstFew(list.map(String), 5)}`)]
      : [];
  };
  return [
    ...of(facts.maintenance_read, facts.pending_maintenance, 'maintenance'),
    ...of(facts.updates_read, facts.service_updates, 'service updates'),
  ];
}

function windowWords({ id, match: { group, check }, mode }: MaintenanceWindow): string {
  const over = [group === undefined ? '' : `group ${group}`, check === undefined ? '' : `check ${check}`];
  return `${id}: ${over.filter(Boolean).join(', ')}${mode === 'skip' ? ' (not measured)' : ''}`;
}

function silenceWords({ kind, target, by, reason, mode }: Silence): string {
  const what = kind === 'mute' ? 'muted' : 'maintenance';
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${target.kind} ${target.id} ${what} by @${by.name}${why}${mode === 'skip' ? ' (not measured)' : ''}`;
}
