import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PagerTrigger } from '../../paging/model.ts';
import { urgencies, ways } from '../../severities/model.ts';
import { kept } from '../given.ts';

const by = z.object({ id: z.string(), mention: z.string() });
const origin = z.discriminatedUnion('kind', [
  z.object({
    ...{ kind: z.literal('message'), channel: z.string(), ts: z.string(), user: z.string().optional() },
    ...{ at: z.string(), text: z.string() },
  }),
  z.object({
    ...{ kind: z.literal('check'), id: z.string(), outcome: z.string(), reason: z.string() },
    since: z.string().optional(),
  }),
  z.object({ kind: z.literal('alert'), source: z.string(), name: z.string(), key: z.string() }),
]);

/** A declaration as it lies in the journal: redacted, judged by the severities of its moment, with what became of its page. */
export const entrySchema = z.object({
  version: z.literal(1),
  /** Of PagerDuty, made of the declaration's key; also the name of its file. */
  dedupKey: z.string(),
  request: z.string(),
  made: z.object({
    ...{ key: z.string(), title: z.string(), severity: z.string(), label: z.string(), urgency: z.enum(urgencies) },
    ...{ systems: z.string(), known: z.string(), phi: z.boolean(), drill: z.boolean(), way: z.enum(ways) },
    ...{ pages: z.boolean(), at: z.coerce.date(), by, channel: z.string().optional(), origin: origin.optional() },
    ...{ type: z.string(), private: z.boolean(), proposal: z.number().exactOptional() },
  }),
  /** `nobody`: its severity pages nobody at this hour, or it is a drill. */
  page: z.object({
    state: z.enum(['nobody', 'sending', 'accepted', 'refused']),
    attempts: z.number(),
    reason: z.string().optional(),
    acceptedAt: z.coerce.date().optional(),
  }),
  /** Where Slack says so, and what was said of the page. */
  post: z.object({ channel: z.string(), ts: z.string(), shown: z.string() }).optional(),
});

export type Entry = z.output<typeof entrySchema>;

/** The same key is the same page, however often it is declared. Pure. */
export function dedupKeyOf(key: string): string {
  return `rounds:journal:${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

/** What PagerDuty is told: no number yet, and where PHI may be involved, or not everybody may see it, no words either. Pure. */
export function triggerOf({ made, dedupKey }: Entry): PagerTrigger {
  const { label, title, systems, urgency, at } = made;
  const neutral = isNeutral({ made });
  return {
    ...{ action: 'trigger', dedupKey, severity: urgency, timestamp: at, client: 'Rounds' },
    source: systems && !neutral ? systems : 'Rounds',
    summary: `${label}: ${neutral ? 'see Slack' : title}`,
    ...(!neutral && systems && { details: { systems } }),
  };
}

function isNeutral({ made }: Pick<Entry, 'made'>): boolean {
  return made.phi || made.private;
}

/** What an attempt to send the page makes of it. Pure. */
export function paged(
  page: Entry['page'],
  attempt: { kind: 'accepted'; at: Date } | { kind: 'failed'; again: boolean; why: string },
): Entry['page'] {
  const attempts = page.attempts + 1;
  if (attempt.kind === 'accepted') return { state: 'accepted', attempts, acceptedAt: attempt.at };
  // Accepted by whoever shares this folder.
  if (page.state === 'accepted') return page;
  return { state: attempt.again ? 'sending' : 'refused', attempts, reason: kept(attempt.why, 500) };
}

/** How its page stands, in a word: what is said of it is said anew when this changes. Pure. */
export function stateOf({ page }: Pick<Entry, 'page'>): 'paged' | 'not_paged' | 'paging' | 'nobody' {
  if (page.state === 'nobody') return 'nobody';
  if (page.state === 'accepted') return 'paged';
  return page.attempts === 0 ? 'paging' : 'not_paged';
}
