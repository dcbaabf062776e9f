import { z } from 'zod';
import { dedupKeyOf } from './body.ts';
import { type RestOptions, readAll } from './rest.ts';

/** What became of a page in PagerDuty. */
export interface PagerIncident {
  id: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** The last one who did while it is acknowledged; without a person when an event did, ours for one. */
  acknowledgedBy?: PagerPerson;
  /** Who resolved it, when a person did. */
  resolvedBy?: PagerPerson;
  /** Since when it is as it is. */
  at: Date;
  url?: string;
  /** How many people it is assigned to now. */
  assigned: number;
}

export interface PagerPerson {
  /** PagerDuty's, as its webhooks have it too. */
  id?: string;
  name: string;
  email?: string;
}

export interface PagerIncidents {
  /**
   * The incident of a dedup key: the open one, else the newest that is resolved. Undefined when there is none: PagerDuty
   * makes none while nobody is on call, and takes a moment after it accepted the event.
   * @throws PortError as `read` does
   */
  find(dedupKey: string, signal?: AbortSignal): Promise<PagerIncident | undefined>;
}

const when = z.iso.datetime({ offset: true });
const agent = z.object({
  id: z.string().nullish(),
  type: z.string(),
  summary: z.string().nullish(),
  name: z.string().nullish(),
  email: z.string().nullish(),
});
const incident = z.object({
  id: z.string(),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  created_at: when,
  last_status_change_at: when.nullish(),
  last_status_change_by: agent.nullish(),
  html_url: z.string().nullish(),
  assignments: z.array(z.unknown()).nullish(),
  acknowledgements: z.array(z.object({ at: when, acknowledger: agent })).nullish(),
});
const page = z
  .object({ incidents: z.array(incident), more: z.boolean().nullish() })
  .transform(({ incidents, more }) => ({ items: incidents, more: more === true }));

const statuses = ['triggered', 'acknowledged', 'resolved'].map((status) => `&statuses[]=${status}`).join('');
/** Without the range PagerDuty looks at the last month only. */
const question = `&date_range=all&sort_by=created_at:desc&include[]=acknowledgers&include[]=users${statuses}`;

export function createPagerIncidents(options: RestOptions): PagerIncidents {
  return {
    find: async (dedupKey, signal) => {
      const path = `/incidents?incident_key=${encodeURIComponent(dedupKeyOf(dedupKey))}${question}`;
      const found = (await readAll(path, page, options, signal)).sort(
        (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at),
      );
      const shown = found.find(({ status }) => status !== 'resolved') ?? found[0];
      return shown && shownOf(shown);
    },
  };
}

function shownOf(found: z.output<typeof incident>): PagerIncident {
  const { id, status, created_at, last_status_change_at, last_status_change_by, html_url } = found;
  const last = found.acknowledgements?.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  const acknowledgedBy = status === 'acknowledged' ? personOf(last?.acknowledger) : undefined;
  const resolvedBy = status === 'resolved' ? personOf(last_status_change_by) : undefined;
  return {
    id,
    status,
    ...(acknowledgedBy && { acknowledgedBy }),
    ...(resolvedBy && { resolvedBy }),
    at: new Date(last_status_change_at ?? created_at),
    ...(html_url && { url: html_url }),
    assigned: found.assignments?.length ?? 0,
  };
}

/** A user, referred to or whole; not a service nor an integration. */
function personOf(who: z.output<typeof agent> | null | undefined): PagerPerson | undefined {
  if (!who || !/^user(_reference)?$/.test(who.type)) return undefined;
  const { id, name, summary, email } = who;
  return { ...(id && { id }), name: name ?? summary ?? 'somebody', ...(email && { email }) };
}
