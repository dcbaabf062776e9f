import type { FactSpecs } from '../../kernel/check.ts';

/** Facts of parts that AWS may refuse one by one: one that is absent says which part was not read, and what to grant. */
export function withUnread(specs: FactSpecs): FactSpecs {
  const whyAbsent = ({ unread }: { unread?: unknown }) =>
    Array.isArray(unread) && unread.length > 0 ? `not read: ${unread.join('; ')}` : undefined;
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { whyAbsent, ...spec }]));
}
