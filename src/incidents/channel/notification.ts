import { formatDuration } from '../../kernel/duration.ts';
import type { Severity } from '../../severities/model.ts';
import { type Incident, nameOf, pagingOf } from '../model.ts';
import { detectedAt } from '../views/message.ts';

/** What a template of the first notification may name. Times are text, in the team's zone. Pure. */
export function notificationFacts(
  incident: Incident,
  severity: Severity,
  { zone, inside }: { zone: string; inside: boolean },
): Record<string, string> {
  const hidden = incident.phi && !inside;
  const { home, nextUpdateAt, declaredAt, drill } = incident;
  const firstUpdate = severity.updates && new Date(declaredAt.getTime() + severity.updates.everyMs);
  const next = nextUpdateAt ?? firstUpdate;
  return {
    mark: drill ? '🔴 DRILL' : '🔴',
    incident: nameOf(incident),
    severity: incident.label,
    title: hidden ? 'PHI may be involved, details in its channel' : incident.title,
    detected: timeIn(zone, detectedAt(incident)),
    systems: hidden ? '' : incident.systems,
    status: statusOf(incident),
    known: hidden ? '' : incident.known,
    response: responseOf(incident, severity),
    next_update: next ? timeIn(zone, next) : '',
    where: home && !inside ? `#${home.name}` : '',
  };
}

function statusOf({ acknowledged, mitigated }: Incident): string {
  if (mitigated) return 'mitigated';
  return acknowledged ? 'being worked on' : 'nobody has taken it on yet';
}

function responseOf(incident: Incident, { response }: Severity): string {
  const paging = pagingOf(incident);
  if (paging.kind === 'acknowledged') return 'somebody is on it';
  if (paging.kind === 'nobody') {
    if (paging.why === 'drill') return 'a drill: nobody outside is told';
    return incident.way === 'email'
      ? 'those on call get an e-mail'
      : 'nobody is paged at this hour: who reads it, helps';
  }
  const within = response.kind === 'within' ? formatDuration(response.ms) : 'the next business day';
  const called = paging.kind === 'not_paged' ? 'not paged yet: call who is on call' : 'who is on call is paged';
  return `${called}; somebody is to be at work on it within ${within}`;
}

/** `23 Nov 09:04 UTC` */
export function timeIn(zone: string, at: Date): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
  });
  return format.format(at).replace(',', '');
}
