import { sql } from 'kysely';
import type { RoleName } from '../../severities/model.ts';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';

/** Whoever had it has it no longer. */
export async function setRole(
  tx: Tx,
  id: number,
  { role, who, at }: { role: RoleName; who: By; at: Date },
): Promise<void> {
  await sql`insert into incident_role (incident_id, role, person, mention, since)
            values (${id}, ${role}, ${who.id}, ${who.mention}, ${at})
            on conflict (incident_id, role) do update
            set person = excluded.person, mention = excluded.mention, since = excluded.since`.execute(tx);
  await changed(tx, id);
}

export async function dropRole(tx: Tx, id: number, role: RoleName): Promise<void> {
  await sql`delete from incident_role where incident_id = ${id} and role = ${role}`.execute(tx);
  await changed(tx, id);
}

/** The message of the incident says who has which. */
async function changed(tx: Tx, id: number): Promise<void> {
  await sql`update incident set version = version + 1 where id = ${id}`.execute(tx);
}
