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
  /** The name of the escalation policy. */
  policy?: string;
  /** The name of the schedule; none when the policy names the person. */
  schedule?: string;
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

  return {
    now: async (escalationPolicyIds = [], signal) => {
      const wanted = escalationPolicyIds.map((id) => `&escalation_policy_ids[]=${encodeURIComponent(id)}`).join('');
      const found = await readAll(`/oncalls?include[]=users${wanted}`, onCallPage, options, signal);
      const limit = pLimit(atOnce);
      const ids = [...new Set(found.map(({ user }) => user.id))];
      const reached = await Promise.all(ids.map((id) => limit(() => phonesOf(id, signal))));
      const phones = new Map(ids.map((id, at) => [id, reached[at] ?? { phones: [] }]));
      return found
        .map((entry) => ({ ...shownOf(entry), ...(phones.get(entry.user.id) ?? { phones: [] }) }))
        .sort((a, b) => a.level - b.level || a.name.localeCompare(b.name));
    },
  };
}

function shownOf({ user, escalation_policy, schedule, escalation_level, end }: z.output<typeof onCall>) {
  return {
    userId: user.id,
    name: user.name ?? user.summary ?? user.id,
    ...(user.email && { email: user.email }),
    level: escalation_level,
    ...(escalation_policy?.summary && { policy: escalation_policy.summary }),
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
