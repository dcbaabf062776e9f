import type { Facts } from '../../kernel/check.ts';
import { firstFew } from '../facts/first-few.ts';
import { cleanText } from '../facts/text.ts';
import type { PagerDutyTarget } from './params.ts';
import type { Found, Incident, LogEntry, Service } from './read.ts';

/** Facts about what is open, and who looks after it. `now`: epoch ms. Pure. */
export function openFacts(open: readonly Incident[], { ack_within }: PagerDutyTarget, now: number): Facts {
  const triggered = open.filter(({ status }) => status === 'triggered');
  const acknowledged = open.filter(({ status }) => status === 'acknowledged');
  const ageMs = ({ created_at }: Incident) => Math.max(0, now - Date.parse(created_at));
  const overdue = triggered.filter((one) => one.urgency === 'high' && ageMs(one) > ack_within);
  const responders = acknowledged.flatMap(({ acknowledgements }) =>
    (acknowledgements ?? []).map(({ acknowledger }) => acknowledger).filter(({ type }) => type.startsWith('user')),
  );
  return {
    open: open.length,
    triggered: triggered.length,
    acknowledged: acknowledged.length,
    high: open.filter(({ urgency }) => urgency === 'high').length,
    overdue: overdue.length,
    oldest_unacked_s: triggered.length === 0 ? null : Math.round(Math.max(...triggered.map(ageMs)) / 1_000),
    unassigned: triggered.filter(({ assignments }) => (assignments?.length ?? 0) === 0).length,
    overdue_ones: named(overdue),
    triggered_ones: named(triggered),
    acknowledged_ones: named(acknowledged),
    responders: firstFew(distinct(responders.map(nameOf))),
    urls: firstFew(open.flatMap(({ html_url }) => webAddress(html_url))),
  };
}

/** Facts about the window; null where it was not read, or PagerDuty has more than is read. `log` absent = not asked for. Pure. */
export function windowFacts(
  resolved: Found<Incident> | null,
  log: Found<LogEntry> | null | undefined,
  only: Set<string> | null,
): Facts {
  const facts = { resolved: resolved?.whole ? resolved.items.length : null };
  if (log === undefined) return facts;
  // Of which of them somebody was paged is not known without the resolved ones.
  if (!log?.whole || (only && !resolved)) return { ...facts, notifications: null, people_paged: null, paged: null };
  const notified = log.items.filter(
    ({ type, incident }) => type.startsWith('notify_log_entry') && (!only || only.has(incident?.id ?? '')),
  );
  const counts = new Map<string, number>();
  for (const { user } of notified) {
    const name = user ? nameOf(user) : 'somebody';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return {
    ...facts,
    notifications: notified.length,
    people_paged: counts.size,
    paged: firstFew(sorted.map(([name, count]) => (count > 1 ? `${name} ×${count}` : name))),
  };
}

/** Services that page nobody, whatever happens; null where they were not read. Pure. */
export function serviceFacts(services: readonly Service[] | null): Facts {
  const named = (wanted: string) =>
    services && firstFew(services.filter(({ status }) => status === wanted).map(nameOf));
  return { services_disabled: named('disabled'), services_in_maintenance: named('maintenance') };
}

/** `#1204 (API)`: a title may quote anything, a number doesn't. */
function named(incidents: readonly Incident[]): string[] {
  return firstFew(
    incidents.map(({ id, incident_number, service }) => {
      const number = incident_number == null ? id : `#${incident_number}`;
      return service ? `${number} (${nameOf(service)})` : number;
    }),
  );
}

function nameOf({ id, summary }: { id: string; summary?: string | null | undefined }): string {
  return cleanText(summary || id, 60);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort((a, b) => a.localeCompare(b));
}

function webAddress(text: string | null | undefined): string[] {
  const url = URL.parse(text ?? '');
  return url && /^https?:$/.test(url.protocol) && url.username === '' && url.href.length <= 300 ? [url.href] : [];
}
