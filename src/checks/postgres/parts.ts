import type { FactSpec, FactSpecs, Rules } from '../../kernel/check.ts';
import type { PostgresTarget } from './params.ts';
import { type Part, whyUnread } from './part.ts';
import { activity } from './parts/activity.ts';
import { archive } from './parts/archive.ts';
import { objects } from './parts/objects.ts';
import { replication } from './parts/replication.ts';
import { sequences } from './parts/sequences.ts';
import { server } from './parts/server.ts';
import { slots } from './parts/slots.ts';
import { statements } from './parts/statements.ts';

/** Not everywhere: a hosted PostgreSQL may refuse or lack what they read. */
export const optionalParts = ['replication', 'archive', 'sequences', 'statements'] as const;
type Optional = (typeof optionalParts)[number];

const parts = { activity, server, slots, objects, replication, archive, sequences, statements };
export type PartName = keyof typeof parts;

/** Of these there is one for each database. */
export const perDatabase: readonly PartName[] = ['objects', 'sequences'];

export function isOptional(name: PartName): name is Optional {
  return optionalParts.some((optional) => optional === name);
}

/** Of each: whether it was read, for the rules of what not every platform has. */
const reads: FactSpecs = {
  replication_read: {
    type: 'bool',
    help: 'whether replication could be read; false = this platform has it not',
    whyAbsent: whyUnread('replication'),
  },
  archive_read: { type: 'bool', help: 'the same of archiving', whyAbsent: whyUnread('archive') },
  statements_read: {
    type: 'bool',
    help: 'the same of pg_stat_statements; false = it is not installed in this database',
    whyAbsent: whyUnread('statements'),
  },
};

export type Wanted = Pick<PostgresTarget, 'skip'>;

/** The parts to read, by name: of the server and of one database, or of another database alone. */
export function wantedParts({ skip }: Wanted, where: 'server' | 'database' = 'server'): [PartName, Part][] {
  return Object.entries(parts).filter((entry): entry is [PartName, Part] => {
    const name = entry[0] as PartName;
    if (isOptional(name) && skip.includes(name)) return false;
    return where === 'server' || perDatabase.includes(name);
  });
}

/** The facts of the parts that are read. */
export function partSpecs(wanted: Wanted): FactSpecs {
  const specs = Object.assign({}, ...wantedParts(wanted).map(withReason)) as FactSpecs;
  const flags = Object.entries(reads).filter(([name]) => !wanted.skip.some((part) => `${part}_read` === name));
  return { ...specs, ...Object.fromEntries(flags) };
}

/** Whatever else a fact is absent for, it is when its part was not read. */
function withReason([name, { specs }]: [PartName, Part]): FactSpecs {
  const unread = whyUnread(name);
  const reasoned = (spec: FactSpec): FactSpec => ({
    ...spec,
    whyAbsent: (facts) => unread(facts) ?? spec.whyAbsent?.(facts),
  });
  return Object.fromEntries(Object.entries(specs).map(([fact, spec]) => [fact, reasoned(spec)]));
}

export function partRules(wanted: Wanted): Rules {
  const of = (level: keyof Rules) => wantedParts(wanted).flatMap(([, { rules }]) => rules?.[level] ?? []);
  return { fail: of('fail'), warn: of('warn'), clear: of('clear') };
}
