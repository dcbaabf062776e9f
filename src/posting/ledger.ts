import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import type { Ledger } from './port.ts';

/** The ledger of what is posted about one thing, its topic: `incident/42`, `report/7`. Keys are unique within it. */
export function ledgerOf(store: Store, topic: string): Ledger {
  return {
    async read(key) {
      const { rows } = await sql<Row>`
        select channel_id, ts, begun_channel, begun_thread,
          (extract(epoch from clock_timestamp() - begun_at) * 1000)::double precision as begun_ago_ms
        from posting where topic = ${topic} and key = ${key}`.execute(store.db());
      const [row] = rows;
      if (!row) return {};
      const { channel_id: channel, ts, begun_ago_ms: agoMs, begun_channel, begun_thread } = row;
      return {
        ...(channel !== null && ts !== null && { posted: { channel, ts } }),
        ...(agoMs !== null && {
          begun: { agoMs, channel: begun_channel ?? '', ...(begun_thread !== null && { threadTs: begun_thread }) },
        }),
      };
    },
    async begin(key, at) {
      const { numAffectedRows } = await sql`
        insert into posting (topic, key, begun_at, begun_channel, begun_thread)
        values (${topic}, ${key}, clock_timestamp(), ${at.channel}, ${at.threadTs ?? null})
        on conflict (topic, key) do update
          set begun_at = clock_timestamp(), begun_channel = excluded.begun_channel, begun_thread = excluded.begun_thread
          where posting.ts is null and posting.begun_at is null`.execute(store.db());
      return numAffectedRows === 1n;
    },
    async beginAgain(key) {
      const { numAffectedRows } = await sql`
        update posting set begun_at = clock_timestamp()
        where topic = ${topic} and key = ${key} and ts is null and begun_at is not null`.execute(store.db());
      return numAffectedRows === 1n;
    },
    async notPosted(key) {
      await sql`update posting set begun_at = null
                where topic = ${topic} and key = ${key} and ts is null`.execute(store.db());
    },
    async posted(key, { channel, ts }) {
      await sql`update posting set begun_at = null, channel_id = ${channel}, ts = ${ts}
                where topic = ${topic} and key = ${key} and ts is null`.execute(store.db());
    },
  };
}

interface Row {
  channel_id: string | null;
  ts: string | null;
  begun_ago_ms: number | null;
  begun_channel: string | null;
  begun_thread: string | null;
}
