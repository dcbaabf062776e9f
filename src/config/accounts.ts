import type { Mistake } from './mistake.ts';
import type { Sections } from './schema/sections.ts';

/** What commands and lanes call the account whose credentials the bot has. */
const ownName = 'own';

/** Accounts that would be taken for the bot's own, and roles that would be taken with two external ids: they trust one. */
export function findBrokenAccounts(accounts: Sections['aws']['accounts']): Mistake[] {
  const path = ['aws', 'accounts'];
  const first = new Map<string, { name: string; externalId: string | undefined }>();
  const mistakes: Mistake[] = [];
  for (const [name, { role, external_id: externalId }] of Object.entries(accounts)) {
    if (name === ownName)
      mistakes.push({
        ...{ path: [...path, name], found: `an account "${name}"` },
        allowed: 'another name: own is the account whose credentials the bot has',
      });
    const known = first.get(role);
    if (known === undefined) first.set(role, { name, externalId });
    else if (known.externalId !== externalId)
      mistakes.push({
        ...{ path: [...path, name], found: `the role of account ${known.name} with another external_id` },
        allowed: 'one external_id, or none, for all accounts of one role',
      });
  }
  return mistakes;
}
