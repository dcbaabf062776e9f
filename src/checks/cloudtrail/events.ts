import type { LookupAttribute } from '@aws-sdk/client-cloudtrail';
import type { Facts } from '../../kernel/check.ts';
import { few } from '../facts/few.ts';
import { type Act, actOf, whoDidWhat } from './act.ts';
import { lookUp, type Reader } from './read.ts';

/** What may be looked up. CloudTrail can't be asked by error code: denials are sought among all reads and writes. */
export const lookups = {
  logins: { AttributeKey: 'EventName', AttributeValue: 'ConsoleLogin' },
  writes: { AttributeKey: 'ReadOnly', AttributeValue: 'false' },
  reads: { AttributeKey: 'ReadOnly', AttributeValue: 'true' },
} as const satisfies Record<string, LookupAttribute>;
export type Lookup = keyof typeof lookups;

/** What is counted, each with the look-ups that it takes. */
export const counted = ['failed_logins', 'denied', 'deletions', 'changes'] as const;
export type Counted = (typeof counted)[number];

const deletion = /^(Batch)?(Delete|Terminate|Destroy|Purge|Deregister)|^ScheduleKeyDeletion$/;
const refused = /AccessDenied|Unauthorized/;

export interface Seen {
  acts: Act[];
  complete: boolean;
}

/** With how many events were looked at in all. */
type Looked = Seen & { looked: number };

/** The acts of each look-up; throws Unmeasured. */
export async function readEvents(
  reader: Reader,
  wanted: readonly Lookup[],
  span: { since: Date; until: Date; mostPages: number },
): Promise<Partial<Record<Lookup, Looked>>> {
  const seen = await Promise.all(
    wanted.map(async (lookup): Promise<[Lookup, Looked]> => {
      const { items, complete } = await lookUp(reader, lookups[lookup], span);
      return [lookup, { acts: items.map(actOf), complete, looked: items.length }];
    }),
  );
  return Object.fromEntries(seen);
}

/** Numbers of what was looked up, exact or null, at least so many, and who did it. What was not looked up is null. */
export function eventFacts({ logins, writes, reads }: Partial<Record<Lookup, Seen>>, ignore: string[]): Facts {
  const made = [logins, writes, reads].filter((seen) => seen !== undefined);
  const changes = of([writes], (act) => isChange(act) && !ignore.includes(act.name));
  return {
    events_complete: made.length > 0 ? made.every(({ complete }) => complete) : null,
    ...told(
      'failed_logins',
      of([logins], ({ loginFailed }) => loginFailed),
    ),
    ...told(
      'denied',
      of([writes, reads], (act) => !act.byAws && refused.test(act.error)),
    ),
    ...told('deletions', changes && of([changes], ({ name }) => deletion.test(name))),
    ...told('changes', changes && of([changes], ({ name }) => !deletion.test(name))),
  };
}

function isChange({ byAws, error, what }: Act): boolean {
  return !byAws && error === '' && !what.startsWith('signin:');
}

/** Those that are wanted, of the look-ups that were made; undefined when none was. */
function of(sources: (Seen | undefined)[], wanted: (act: Act) => boolean): Seen | undefined {
  const made = sources.filter((source) => source !== undefined);
  if (made.length === 0) return undefined;
  return {
    acts: made.flatMap(({ acts }) => acts).filter(wanted),
    complete: made.every(({ complete }) => complete),
  };
}

function told(name: Counted, seen: Seen | undefined): Facts {
  return {
    [name]: seen?.complete ? seen.acts.length : null,
    [`${name}_at_least`]: seen?.acts.length ?? null,
    [`${name}_by`]: seen ? few(whoDidWhat(seen.acts)) : null,
  };
}

/** When nothing was looked up, or it was refused. */
export const noEvents: Facts = eventFacts({}, []);
