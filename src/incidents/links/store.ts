import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';

/** The statements of tickets and links; those that change something run in the caller's transaction. */

export interface TicketRow {
  tracker: string;
  marker: string;
  /** When the request left last. */
  askedAt?: Date;
  state: 'making' | 'made' | 'refused';
  /** The tracker's own name for it. */
  key?: string;
}

export async function findTicket(db: Tx, id: number): Promise<TicketRow | undefined> {
  const { rows } = await sql<{
    tracker: string;
    marker: string;
    asked_at: Date | null;
    state: TicketRow['state'];
    ticket_key: string | null;
  }>`select tracker, marker, asked_at, state, ticket_key from incident_ticket where incident_id = ${id}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { tracker, marker, asked_at, state, ticket_key } = row;
  return {
    ...{ tracker, marker, state },
    ...(asked_at && { askedAt: new Date(asked_at) }),
    ...(ticket_key !== null && { key: ticket_key }),
  };
}

/** One is being made: the marker of a former try stays, since that one's ticket may be there. */
export async function beginTicket(tx: Tx, id: number, { tracker, marker }: TicketRow): Promise<void> {
  await sql`insert into incident_ticket (incident_id, tracker, marker, state)
            values (${id}, ${tracker}, ${marker}, 'making')
            on conflict (incident_id) do update set state = 'making', tracker = excluded.tracker,
              marker = case when incident_ticket.tracker = excluded.tracker then incident_ticket.marker else excluded.marker end,
              asked_at = case when incident_ticket.tracker = excluded.tracker then incident_ticket.asked_at end`.execute(
    tx,
  );
}

export async function setAsked(db: Tx, id: number, at: Date | undefined): Promise<void> {
  await sql`update incident_ticket set asked_at = ${at ?? null} where incident_id = ${id}`.execute(db);
}

export async function setTicketState(
  tx: Tx,
  id: number,
  { state, key }: Pick<TicketRow, 'state' | 'key'>,
): Promise<void> {
  await sql`update incident_ticket set state = ${state}, ticket_key = coalesce(${key ?? null}, ticket_key)
            where incident_id = ${id}`.execute(tx);
}

export async function setTicketLink(tx: Tx, id: number, { name, url }: { name: string; url: string }): Promise<void> {
  await sql`update incident set ticket_name = ${name}, ticket_url = ${url}, version = version + 1
            where id = ${id}`.execute(tx);
}

/** Undefined takes it away. */
export async function setBridgeLink(tx: Tx, id: number, url: string | undefined): Promise<void> {
  await sql`update incident set bridge_url = ${url ?? null}, version = version + 1 where id = ${id}`.execute(tx);
}
