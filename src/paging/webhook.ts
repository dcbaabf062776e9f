import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { readJson } from './answers.ts';

/** What PagerDuty says happened to an incident of its own. */
export interface PagerNotice {
  /** Of the event: a delivery that comes again, or is replayed by somebody, has the same. Take each once. */
  id: string;
  what: (typeof told)[number];
  /** The key of the event that opened it, as `dedupKeyOf` makes it; none when PagerDuty or a person opened it otherwise. */
  dedupKey?: string;
  /** PagerDuty's incident. */
  incident: { id: string; url?: string; title?: string; status?: string; assigned: number };
  /** Who did it; `integration` also when an event of ours did. None when PagerDuty itself did (a timeout). */
  agent?: { kind: 'user' | 'integration'; id: string; name: string };
  /** Deliveries can overtake each other: order by this. */
  at: Date;
}

export type PagerWebhook =
  | { kind: 'notice'; notice: PagerNotice }
  /** A type that Rounds has no use for: answer 200, or PagerDuty sends it again. */
  | { kind: 'ignored'; type: string }
  | { kind: 'invalid'; why: string };

const told = [
  'triggered',
  'acknowledged',
  'unacknowledged',
  'resolved',
  'reopened',
  'reassigned',
  'escalated',
] as const;

const reference = z.object({ id: z.string(), type: z.string(), summary: z.string().nullish() });
const anyEvent = z.object({ event: z.object({ event_type: z.string() }) });
const incidentEvent = z.object({
  event: z.object({
    id: z.string().min(1),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: reference.nullish(),
    data: z.object({
      id: z.string(),
      html_url: z.string().nullish(),
      title: z.string().nullish(),
      status: z.string().nullish(),
      incident_key: z.string().nullish(),
      assignees: z.array(z.unknown()).nullish(),
    }),
  }),
});

/**
 * Whether the raw body of a request was signed with one of these secrets, by the header `X-PagerDuty-Signature` (`v1=` and
 * HMAC-SHA256 in hex, several with commas while a secret is changed). In constant time. The signature has no time in it: a
 * replayed request is known only by the `id` of what it says. Pure.
 */
export function isSignedByPagerDuty(
  body: Uint8Array,
  header: string | readonly string[] | undefined,
  secrets: readonly string[],
): boolean {
  const given = [header ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .flatMap((part) => /^v1=([0-9a-f]{64})$/i.exec(part.trim())?.[1] ?? [])
    .map((hex) => Buffer.from(hex, 'hex'));
  // An empty secret would be everybody's.
  const wanted = secrets
    .filter((secret) => secret !== '')
    .map((secret) => createHmac('sha256', secret).update(body).digest());
  return wanted.map((one) => given.map((other) => timingSafeEqual(one, other)).includes(true)).includes(true);
}

/** What a body of PagerDuty's webhook v3 says; look at its signature first. Pure. */
export function readPagerDutyWebhook(body: string): PagerWebhook {
  const json = readJson(body);
  const any = anyEvent.safeParse(json);
  if (!any.success) return invalid(any.error);
  const type = any.data.event.event_type;
  const what = told.find((word) => type === `incident.${word}`);
  if (!what) return { kind: 'ignored', type };
  const read = incidentEvent.safeParse(json);
  if (!read.success) return invalid(read.error);
  const { event } = read.data;
  const { id, html_url, title, status, incident_key, assignees } = event.data;
  const { agent } = event;
  const notice: PagerNotice = {
    id: event.id,
    what,
    ...(incident_key && { dedupKey: incident_key }),
    incident: {
      id,
      ...(html_url && { url: html_url }),
      ...(title && { title }),
      ...(status && { status }),
      assigned: assignees?.length ?? 0,
    },
    ...(agent && {
      agent: {
        kind: /^user(_reference)?$/.test(agent.type) ? 'user' : 'integration',
        ...{ id: agent.id, name: agent.summary ?? agent.id },
      },
    }),
    at: new Date(event.occurred_at),
  };
  return { kind: 'notice', notice };
}

function invalid({ issues }: z.ZodError): PagerWebhook {
  const [first] = issues;
  return { kind: 'invalid', why: `${first?.path.join('.') || 'the body'}: ${first?.message ?? 'unexpected'}` };
}
