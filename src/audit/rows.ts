import { sql } from 'kysely';
import type { Store, Tx } from '../store/store.ts';
import type { StoredRow } from './chain.ts';

/** What the ends of the tables say, in one snapshot. */
export interface Ends {
  head: { seq: number; hash: Buffer } | undefined;
  /** 0 = no rows. Exact up to 2^53, as all numbers of rows here. */
  lastSeq: number;
  /** The same, exact, for `readPage`. */
  through: bigint;
  /** A number in `audit_detail` outside of 1 … lastSeq. */
  detailOutside: number | null;
}

/** Reads the ends; rows that are appended later are not looked at. */
export async function readEnds(store: Pick<Store, 'db'>): Promise<Ends> {
  const { rows } = await sql<{
    seq: number | null;
    hash: Buffer | null;
    last: number;
    through: string;
    outside: number | null;
  }>`
    select h.seq::double precision as seq, h.hash, e.last::double precision as last, e.last::text as through,
           least((select min(d.seq) from audit_detail d where d.seq < 1),
                 (select min(d.seq) from audit_detail d where d.seq > e.last))::double precision as outside
    from (select coalesce(max(seq), 0) as last from audit_entry) e left join audit_head h on true`.execute(store.db());
  const { seq, hash, last, through, outside } = rows[0]!;
  const head = seq === null || hash === null ? undefined : { seq, hash };
  return { head, lastSeq: last, through: BigInt(through), detailOutside: outside };
}

/** When a row was written; undefined = there is none. */
export async function timeOfRow(tx: Tx, seq: bigint): Promise<Date | undefined> {
  const { rows } = await sql<{ at: number }>`
    select at_ms::double precision as at from audit_entry where seq = ${String(seq)}::bigint`.execute(tx);
  return rows[0] && new Date(rows[0].at);
}

/** The lowest number that a row can have. */
export const lowest = -(2n ** 63n);

/** Rows of the chain in order, `count` at a time. Times and erasures come as text: a row may hold any number. */
export async function readPage(
  store: Pick<Store, 'db'>,
  { from, through, count }: { from: bigint; through: bigint; count: number },
): Promise<StoredRow[]> {
  const bounds = (seq: ReturnType<typeof sql>) =>
    sql`${seq} >= ${String(from)}::bigint and ${seq} <= ${String(through)}::bigint`;
  // The bounds twice: PostgreSQL does not carry them over to the joined table and would read it from its beginning.
  const { rows } = await sql<Read>`
    select e.seq::double precision as seq, e.at_ms::text as "atMs", e.erases::text as erases,
           e.commitment, e.hash, d.payload, d.salt, d.actor, d.action, d.target, d.seq is not null as "hasDetail",
           (select x.seq from audit_entry x where x.erases = e.seq)::double precision as "erasedBy"
    from audit_entry e left join audit_detail d on d.seq = e.seq and ${bounds(sql`d.seq`)}
    where ${bounds(sql`e.seq`)}
    order by e.seq
    limit ${count}`.execute(store.db());
  return rows.map((row) => ({
    ...row,
    atMs: BigInt(row.atMs),
    erases: row.erases === null ? null : BigInt(row.erases),
  }));
}

type Read = Omit<StoredRow, 'atMs' | 'erases'> & { atMs: string; erases: string | null };
