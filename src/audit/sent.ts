import { sql } from 'kysely';
import type { Store, Tx } from '../store/store.ts';

/** The last signed head that left. */
export interface SentHead {
  at: Date;
  /** The row that it was the head of. */
  seq: number;
  /** Where it went beside the log; `posted`: it stands there. */
  channel?: { name: string; posted: boolean };
}

/** Notes where a head goes; `announced` is the key of the announcement that carries it. Within its transaction. */
export async function noteSentHead(
  tx: Tx,
  { at, seq, to }: { at: Date; seq: number; to?: { channel: string; announced: string } | undefined },
): Promise<void> {
  await sql`
    insert into signed_head (at, seq, channel, announced)
    values (${at}, ${String(seq)}::bigint, ${to?.channel ?? null}, ${to?.announced ?? null})
    on conflict (singleton) do update
      set at = excluded.at, seq = excluded.seq, channel = excluded.channel, announced = excluded.announced`.execute(tx);
}

/** Undefined: none was ever sent. */
export async function lastSentHead(store: Pick<Store, 'db'>): Promise<SentHead | undefined> {
  const { rows } = await sql<{ at: Date; seq: number; channel: string | null; posted: boolean }>`
    select h.at, h.seq::double precision as seq, h.channel, n.ts is not null as posted
    from signed_head h left join alert_notice n on n.key = h.announced`.execute(store.db());
  const [row] = rows;
  if (row === undefined) return undefined;
  const { at, seq, channel, posted } = row;
  return { at, seq, ...(channel !== null && { channel: { name: channel, posted } }) };
}
