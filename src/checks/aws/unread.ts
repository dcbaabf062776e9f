import type { FactSpecs, Facts } from '../../kernel/check.ts';

/** Facts of parts that may be refused one by one: one that is absent says which part was not read, and what to grant. */
export function withUnread(specs: FactSpecs): FactSpecs {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { whyAbsent: notRead, ...spec }]));
}

/** Why parts were not read; undefined = all were. */
export function notRead({ unread }: Facts): string | undefined {
  return Array.isArray(unread) && unread.length > 0 ? `not read: ${unread.join('; ')}` : undefined;
}
