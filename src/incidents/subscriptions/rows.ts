import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';

/** Somebody who gets every update. */
export interface Subscriber extends By {
  /** In the incident: they may know what is in it. */
  isMember: boolean;
}

/** False: they were subscribed already. */
export async function subscribe(tx: Tx, id: number, { who, at }: { who: By; at: Date }): Promise<boolean> {
  const { rows } = await sql`
    insert into incident_subscription (incident_id, person, mention, since)
    values (${id}, ${who.id}, ${who.mention}, ${at})
    on conflict (incident_id, person) do nothing returning 1`.execute(tx);
  return rows.length > 0;
}

/** False: they were not subscribed. */
export async function unsubscribe(tx: Tx, id: number, who: By): Promise<boolean> {
  const { rows } = await sql`
    delete from incident_subscription where incident_id = ${id} and person = ${who.id} returning 1`.execute(tx);
  return rows.length > 0;
}

export async function subscribersOf(db: Tx, id: number): Promise<Subscriber[]> {
  const { rows } = await sql<{ person: string; mention: string; is_member: boolean }>`
    select s.person, s.mention, exists (
      select 1 from incident_member m where m.incident_id = s.incident_id and m.person = s.person) as is_member
    from incident_subscription s where s.incident_id = ${id} order by s.person`.execute(db);
  return rows.map(({ person, mention, is_member }) => ({ id: person, mention, isMember: is_member }));
}

/** The incidents that somebody subscribed to, newest first. */
export async function subscriptionsOf(db: Tx, person: string): Promise<number[]> {
  const { rows } = await sql<{ id: string }>`
    select incident_id::text as id from incident_subscription where person = ${person}
    order by incident_id desc limit 100`.execute(db);
  return rows.map(({ id }) => Number(id));
}
