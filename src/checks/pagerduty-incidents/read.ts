import { z } from 'zod';
import { type RestOptions, read } from '../../paging/rest.ts';
import type { PagerDutyTarget } from './params.ts';

/** PagerDuty's largest page, and how many of them one list may take. */
const list = { limit: 100, maxPages: 10 };
/** How far before the window a resolved incident may have begun: PagerDuty filters by the beginning, ms. */
const longestMs = 30 * 86_400_000;

const when = z.iso.datetime({ offset: true });
const named = z.object({ id: z.string(), summary: z.string().nullish() });
const person = named.extend({ type: z.string() });
const incident = z.object({
  id: z.string(),
  incident_number: z.number().int().nullish(),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  urgency: z.enum(['high', 'low']),
  created_at: when,
  resolved_at: when.nullish(),
  last_status_change_at: when.nullish(),
  html_url: z.string().nullish(),
  service: named.nullish(),
  assignments: z.array(z.object({ assignee: person })).nullish(),
  acknowledgements: z.array(z.object({ acknowledger: person })).nullish(),
});
const logEntry = z.object({
  type: z.string(),
  user: named.nullish(),
  incident: z.object({ id: z.string() }).nullish(),
});
const service = z.object({ service: named.extend({ status: z.string() }) }).transform((answer) => answer.service);
const team = z.object({ team: named }).transform((answer) => answer.team);

export type Incident = z.output<typeof incident>;
export type LogEntry = z.output<typeof logEntry>;
export type Service = z.output<typeof service>;

const incidentPage = pageOf('incidents', incident);
const logPage = pageOf('log_entries', logEntry);
const servicePage = pageOf('services', named);

/** What a list holds; `whole` is false when it goes on behind the last page that is read. */
export interface Found<T> {
  items: T[];
  whole: boolean;
}

/** Throws PortError as `read` does. */
export interface Reader {
  /** Triggered and acknowledged ones of any age. */
  open(): Promise<Found<Incident>>;
  /** Resolved since then. */
  resolvedSince(from: Date, until: Date): Promise<Found<Incident>>;
  /** Who was notified, and of what, since then. */
  notified(from: Date, until: Date): Promise<Found<LogEntry>>;
  /** Whether the key may read any service. */
  seesService(): Promise<boolean>;
  service(id: string): Promise<Service>;
  team(id: string): Promise<z.output<typeof named>>;
}

export function readerOf(target: PagerDutyTarget, options: RestOptions, signal: AbortSignal): Reader {
  const teams = many('team_ids', target.teams);
  const filter = `${many('service_ids', target.services)}${teams}`;

  async function pages<T>(path: string, shape: z.ZodType<{ items: T[]; more: boolean }>, over: (last: T) => boolean) {
    const items: T[] = [];
    for (let at = 0; at < list.maxPages; at += 1) {
      const asked = `${path}&limit=${list.limit}&offset=${at * list.limit}`;
      const page = await read(asked, shape, options, signal);
      items.push(...page.items);
      const last = page.items.at(-1);
      if (!page.more || last === undefined || over(last)) return { items, whole: true };
    }
    return { items, whole: false };
  }

  return {
    open: () => {
      const statuses = many('statuses', ['triggered', 'acknowledged']);
      // Without the range PagerDuty looks at the last month only.
      return pages(`/incidents?date_range=all&sort_by=created_at:asc${statuses}${filter}`, incidentPage, () => false);
    },
    async resolvedSince(from, until) {
      const span = spanOf(new Date(from.getTime() - longestMs), until);
      const path = `/incidents?${span}&sort_by=resolved_at:desc${many('statuses', ['resolved'])}${filter}`;
      const { items, whole } = await pages(path, incidentPage, (last) => resolvedAt(last) < from);
      return { items: items.filter((one) => resolvedAt(one) >= from), whole };
    },
    notified: (from, until) =>
      pages(`/log_entries?${spanOf(from, until)}&is_overview=false${teams}`, logPage, () => false),
    seesService: async () => (await read('/services?limit=1', servicePage, options, signal)).items.length > 0,
    service: (id) => read(`/services/${id}`, service, options, signal),
    team: (id) => read(`/teams/${id}`, team, options, signal),
  };
}

function resolvedAt({ resolved_at, last_status_change_at, created_at }: Incident): Date {
  return new Date(resolved_at ?? last_status_change_at ?? created_at);
}

function pageOf<T>(name: string, item: z.ZodType<T>): z.ZodType<{ items: T[]; more: boolean }> {
  return z
    .object({ [name]: z.array(item), more: z.boolean() })
    .transform((page) => ({ items: page[name] as T[], more: page.more === true }));
}

function spanOf(since: Date, until: Date): string {
  return String(new URLSearchParams({ since: since.toISOString(), until: until.toISOString() }));
}

function many(name: string, values: readonly string[]): string {
  return values.map((value) => `&${name}[]=${encodeURIComponent(value)}`).join('');
}
