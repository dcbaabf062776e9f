import pLimit from 'p-limit';
import { z } from 'zod';
import { PortError } from '../kernel/errors.ts';
import { type RestOptions, read, readAll } from './rest.ts';

/** Somebody whom PagerDuty would page now. */
export interface OnCall {
  /** PagerDuty's id of the user. */
  userId: string;
  name: string;
  email?: string;
  /** Numbers to call, then those for text messages only: `+15550100`. */
  phones: string[];
  /** Why the numbers are not known, when PagerDuty told who it is but not how to reach them. */
  phonesUnknown?: string;
  /** 1 is paged first. */
  level: number;
  /** The escalation policy: its name and id. */
  policy?: string;
  policyId?: string;
  /** The schedule: its name and id; none when the policy names the person. */
  schedule?: string;
  scheduleId?: string;
  /** When the shift ends; none when it doesn't. */
  until?: Date;
}

export interface OnCalls {
  /**
   * Who is on call now, by level: of these escalation policies, or (undefined, or an empty list) of all. An empty answer is
   * one: nobody is on call, and a page reaches nobody. Each call has its own deadline.
   * @throws PortError as `read` does when it is not known who is on call
   */
  now(escalationPolicyIds?: readonly string[], signal?: AbortSignal): Promise<OnCall[]>;
  /** As `now`, by these schedules; throws as it does. */
  ofSchedules(scheduleIds: readonly string[], signal?: AbortSignal): Promise<OnCall[]>;
  /** Whether there is anybody, of these escalation policies or of all: one call. Throws as `now`. */
  isAnybody(escalationPolicyIds?: readonly string[], signal?: AbortSignal): Promise<boolean>;
}

const named = z.object({ id: z.string(), summary: z.string().nullish() });
const onCall = z.object({
  user: named.extend({ name: z.string().nullish(), email: z.string().nullish() }),
  escalation_policy: named.nullish(),
  schedule: named.nullish(),
  escalation_level: z.number().int(),
  end: z.iso.datetime({ offset: true }).nullish(),
});
const onCallPage = z
  .object({ oncalls: z.array(onCall), more: z.boolean().nullish() })
  .transform(({ oncalls, more }) => ({ items: oncalls, more: more === true }));

const contactMethod = z.object({
  type: z.string(),
  address: z.string().nullish(),
  country_code: z.number().nullish(),
});
const contacts = z
  .object({ user: z.object({ contact_methods: z.array(contactMethod) }) })
  .transform(({ user }) => user.contact_methods);

/** How many people are asked about at once. */
const atOnce = 5;

export function createOnCalls(options: RestOptions): OnCalls {
  /** PagerDuty's list of users can be long; those on call are few. */
  async function phonesOf(userId: string, signal?: AbortSignal): Promise<Pick<OnCall, 'phones' | 'phonesUnknown'>> {
    const path = `/users/${encodeURIComponent(userId)}?include[]=contact_methods`;
    try {
      return { phones: phonesIn(await read(path, contacts, options, signal)) };
    } catch (error) {
      // Who is on call matters more than their numbers.
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      return { phones: [], phonesUnknown: error.message };
    }
  }

  async function ask(filter: string, signal?: AbortSignal): Promise<OnCall[]> {
    const found = await readAll(`/oncalls?include[]=users${filter}`, onCallPage, options, signal);
    const limit = pLimit(atOnce);
    const ids = [...new Set(found.map(({ user }) => user.id))];
    const reached = await Promise.all(ids.map((id) => limit(() => phonesOf(id, signal))));
    const phones = new Map(ids.map((id, at) => [id, reached[at] ?? { phones: [] }]));
    return found
      .map((entry) => ({ ...shownOf(entry), ...(phones.get(entry.user.id) ?? { phones: [] }) }))
      .sort((a, b) => a.level - b.level || a.name.localeCompare(b.name));
  }

  return {
    now: (ids = [], signal) => ask(filterOf('escalation_policy_ids', ids), signal),
    ofSchedules: (ids, signal) => ask(filterOf('schedule_ids', ids), signal),
    async isAnybody(ids = [], signal) {
      const filter = filterOf('escalation_policy_ids', ids);
      const { items } = await read(`/oncalls?limit=1&offset=0${filter}`, onCallPage, options, signal);
      return items.length > 0;
    },
  };
}

function filterOf(name: string, ids: readonly string[]): string {
  return ids.map((id) => `&${name}[]=${encodeURIComponent(id)}`).join('');
}

function shownOf({ user, escalation_policy, schedule, escalation_level, end }: z.output<typeof onCall>) {
  return {
    userId: user.id,
    name: user.name ?? user.summary ?? user.id,
    ...(user.email && { email: user.email }),
    level: escalation_level,
    ...(escalation_policy && { policyId: escalation_policy.id }),
    ...(escalation_policy?.summary && { policy: escalation_policy.summary }),
    ...(schedule && { scheduleId: schedule.id }),
    ...(schedule?.summary && { schedule: schedule.summary }),
    ...(end && { until: new Date(end) }),
  };
}

/** Whole numbers once each: the same one is often there for calls and for messages. */
function phonesIn(methods: z.output<typeof contactMethod>[]): string[] {
  const of = (kind: string) =>
    methods.flatMap(({ type, address, country_code }) => {
      if (!type.startsWith(kind) || !address) return [];
      return [country_code && !address.startsWith('+') ? `+${country_code}${address}` : address];
    });
  return [...new Set([...of('phone_contact_method'), ...of('sms_contact_method')])];
}
