import { sql } from 'kysely';
import type { RolesOfFile } from './access/in-force.ts';
import type { Store } from './store/store.ts';

/** Stores the roles that a bot begins with; those of the bot that started last are in force. */
export async function putInForce(store: Pick<Store, 'db'>, { roles, file }: RolesOfFile, now: Date): Promise<void> {
  await sql`
    insert into roles_in_force (roles, file, since) values (${JSON.stringify(roles)}::jsonb, ${file}, ${now})
    on conflict (single) do update set roles = excluded.roles, file = excluded.file, since = excluded.since`.execute(
    store.db(),
  );
}

/** The roles of the bots on this database; undefined when none ever ran there. */
export async function rolesInForce(store: Pick<Store, 'db'>): Promise<RolesOfFile | undefined> {
  const { rows } = await sql<RolesOfFile>`select roles, file from roles_in_force`.execute(store.db());
  return rows[0];
}
