import { sql } from 'kysely';
import type { Store } from '../store/store.ts';

/** What is known of one post: where it stands, or that it may be on its way. One statement each. */

export interface PostRow {
  posted?: { channel: string; ts: string };
  begun?: { agoMs: number; channel: string; threadTs?: string };
}

interface Place {
  channel: string;
  threadTs?: string | undefined;
}

export async function readPost({ store }: { store: Store }, id: number, key: string): Promise<PostRow> {
  const { rows } = await sql<{
    channel_id: string | null;
    ts: string | null;
    begun_ago_ms: number | null;
    begun_channel: string | null;
    begun_thread: string | null;
  }>`
    select channel_id, ts, begun_channel, begun_thread,
      (extract(epoch from clock_timestamp() - begun_at) * 1000)::double precision as begun_ago_ms
    from incident_post where incident_id = ${id} and key = ${key}`.execute(store.db());
  const [row] = rows;
  if (!row) return {};
  const { channel_id: channel, ts, begun_ago_ms: agoMs, begun_channel, begun_thread } = row;
  return {
    ...(channel !== null && ts !== null && { posted: { channel, ts } }),
    ...(agoMs !== null && {
      begun: { agoMs, channel: begun_channel ?? '', ...(begun_thread !== null && { threadTs: begun_thread }) },
    }),
  };
}

/** A post begins; false when somebody else was first. */
export async function beginPost({ store }: { store: Store }, id: number, key: string, at: Place): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into incident_post (incident_id, key, begun_at, begun_channel, begun_thread)
    values (${id}, ${key}, clock_timestamp(), ${at.channel}, ${at.threadTs ?? null})
    on conflict (incident_id, key) do update
      set begun_at = clock_timestamp(), begun_channel = excluded.begun_channel, begun_thread = excluded.begun_thread
      where incident_post.ts is null and incident_post.begun_at is null`.execute(store.db());
  return numAffectedRows === 1n;
}

/** The same post is sent again; false when somebody else has it now. */
export async function beginPostAgain({ store }: { store: Store }, id: number, key: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update incident_post set begun_at = clock_timestamp()
    where incident_id = ${id} and key = ${key} and ts is null and begun_at is not null`.execute(store.db());
  return numAffectedRows === 1n;
}

/** It is not there, and not on its way. */
export async function notPosted({ store }: { store: Store }, id: number, key: string): Promise<void> {
  await sql`update incident_post set begun_at = null
            where incident_id = ${id} and key = ${key} and ts is null`.execute(store.db());
}

export async function posted(
  { store }: { store: Store },
  id: number,
  key: string,
  { channel, ts }: { channel: string; ts: string },
): Promise<void> {
  await sql`update incident_post set begun_at = null, channel_id = ${channel}, ts = ${ts}
            where incident_id = ${id} and key = ${key} and ts is null`.execute(store.db());
}
