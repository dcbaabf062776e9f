import type { Facts } from '../../kernel/check.ts';
import { type Server, type Talked, talkToPostgres } from '../postgres/connection.ts';

/** All of them together may take so long; PgBouncer refuses a database that it has not at once. */
const provingMs = 1000;

/**
 * Whether PgBouncer has the databases that it does not show: `*` in [databases] makes one when somebody comes, and
 * forgets it when nobody does. So somebody comes, with the user of the console, who need not be let in behind it.
 */
export async function missingFacts(names: string[], server: Server, signal: AbortSignal): Promise<Facts> {
  const bounded = names.length > 0 ? AbortSignal.any([signal, AbortSignal.timeout(provingMs)]) : signal;
  const missing: string[] = [];
  const unproven: string[] = [];
  for (const name of names) {
    const found = isThere(await talkToPostgres({ ...server, database: name }, async () => {}, bounded));
    if (found === false) missing.push(name);
    if (found === undefined) unproven.push(name);
  }
  return { missing: missing.length === 0 && unproven.length > 0 ? null : missing, unproven };
}

/** The console has let this user in: whoever refuses the login or the server behind it, the database is known. */
function isThere(talked: Talked<void>): boolean | undefined {
  if (talked.kind === 'answer') return true;
  if (talked.kind !== 'failed') return undefined;
  const { message } = talked.error;
  if (/no such database|database ".*" does not exist/i.test(message)) return false;
  return /authentication failed|role ".*" does not exist|permission denied|too many|server login/i.test(message)
    ? true
    : undefined;
}
