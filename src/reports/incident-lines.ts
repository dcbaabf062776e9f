import type { PastIncident } from '../incidents/between.ts';
import type { DueClock } from '../incidents/due-clocks.ts';
import type { Incident } from '../incidents/model.ts';
import { nameOf } from '../incidents/model.ts';
import { formatDuration } from '../kernel/duration.ts';
import type { ReportLine, ReportTable } from './model.ts';
import { dayWords } from './views/words.ts';

/** An open incident: who has it, and what is late in it. One with PHI is not quoted. Pure. */
export function openLine(incident: Incident, late: readonly DueClock[]): ReportLine {
  const { id, acknowledged, roles, drill, urgency, mitigated, declaredAt, notPaged } = incident;
  const facts = [
    titleOf(incident),
    mitigated ? 'the harm is over' : '',
    ...(drill ? [] : late.slice(0, 2).map(({ what }) => `${what.charAt(0).toLowerCase()}${what.slice(1)} is overdue`)),
  ].filter(Boolean);
  const isBad = !acknowledged || (!mitigated && (urgency === 'critical' || urgency === 'error'));
  const owner = roles.commander?.mention ?? acknowledged?.by;
  return {
    mark: drill ? 'info' : isBad ? 'fail' : 'warn',
    text: facts.join(': '),
    since: declaredAt.toISOString(),
    owner: owner ?? (notPaged ? 'nobody may have been paged' : 'nobody has it'),
    next: `/ops incident ${nameOf({ id })}`,
    item: `incident/${id}`,
  };
}

/** Those of some time in full. Pure. */
export function pastRows(past: readonly PastIncident[], zone: string): Pick<ReportTable, 'columns' | 'rows'> {
  const after = (since: Date, at: Date | undefined) =>
    at === undefined ? null : formatDuration(Math.max(0, at.getTime() - since.getTime()));
  return {
    columns: ['Incident', 'Declared', 'Acknowledged after', 'Over after'],
    rows: past.map((each) => [
      `${titleOf(each)}${each.falseAlarm ? ' (false alarm)' : ''}`,
      dayWords(each.declaredAt, zone),
      after(each.declaredAt, each.acknowledgedAt),
      after(each.declaredAt, each.resolvedAt) ?? 'open',
    ]),
  };
}

function titleOf(of: Pick<Incident, 'id' | 'label' | 'title' | 'phi' | 'drill'>): string {
  const { label, title, phi, drill } = of;
  return `${drill ? 'Drill ' : ''}${nameOf(of)} ${label}: ${phi ? 'details in its channel' : title}`;
}
