import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import type { StoredRow } from './chain.ts';

/** What the ends of the tables say, in one snapshot. */
export interface Ends {
  head: { seq: number; hash: Buffer } | undefined;
  /** 0 = no rows. */
  lastSeq: number;
  /** A number in `audit_detail` outside of 1 … lastSeq. */
  detailOutside: number | null;
}

/** Reads the ends; rows that are appended later are not looked at. */
export async function readEnds(store: Pick<Store, 'db'>): Promise<Ends> {
  const { rows } = await sql<{ seq: number | null; hash: Buffer | null; last: number; outside: number | null }>`
    select h.seq::double precision as seq, h.hash, e.last::double precision as last,
           least((select min(d.seq) from audit_detail d where d.seq < 1),
                 (select min(d.seq) from audit_detail d where d.seq > e.last))::double precision as outside
    from (select coalesce(max(seq), 0) as last from audit_entry) e left join audit_head h on true`.execute(store.db());
  const { seq, hash, last, outside } = rows[0]!;
  return { head: seq === null || hash === null ? undefined : { seq, hash }, lastSeq: last, detailOutside: outside };
}

/** Rows of the chain in order, `count` at a time. Numbers up to 2^53 are exact. */
export async function readPage(
  store: Pick<Store, 'db'>,
  { after, through, count }: { after: number; through: number; count: number },
): Promise<StoredRow[]> {
  const bounds = (seq: ReturnType<typeof sql>) =>
    sql`${seq} > ${after}::double precision::bigint and ${seq} <= ${through}::double precision::bigint`;
  // The bounds twice: PostgreSQL does not carry them over to the joined table and would read it from its beginning.
  const { rows } = await sql<StoredRow>`
    select e.seq::double precision as seq, e.at_ms::double precision as "atMs", e.erases::double precision as erases,
           e.commitment, e.hash, d.payload, d.salt, d.actor, d.action, d.target, d.seq is not null as "hasDetail",
           (select x.seq from audit_entry x where x.erases = e.seq)::double precision as "erasedBy"
    from audit_entry e left join audit_detail d on d.seq = e.seq and ${bounds(sql`d.seq`)}
    where ${bounds(sql`e.seq`)}
    order by e.seq
    limit ${count}`.execute(store.db());
  return rows;
}
