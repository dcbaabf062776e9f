import { randomInt } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { Silence, SilenceTarget } from './model.ts';

interface Row {
  id: string;
  kind: Silence['kind'];
  target_kind: SilenceTarget['kind'];
  target: string;
  mode: Silence['mode'];
  from_at: Date;
  until_at: Date;
  reason: string | null;
  by_actor: string;
  by_name: string;
  by_mention: string;
  ended_at: Date | null;
  ended_by: string | null;
}

const columns = sql`
  id, kind, target_kind, target, mode, from_at, until_at, reason, by_actor, by_name, by_mention, ended_at, ended_by`;

function readSilence(row: Row): Silence {
  return {
    id: row.id,
    kind: row.kind,
    target: { kind: row.target_kind, id: row.target },
    mode: row.mode,
    from: new Date(row.from_at),
    until: new Date(row.until_at),
    ...(row.reason !== null && { reason: row.reason }),
    by: { id: row.by_actor, name: row.by_name, mention: row.by_mention },
    ...(row.ended_at && { ended: { at: new Date(row.ended_at), by: row.ended_by ?? '' } }),
  };
}

async function select(tx: Tx, where: RawBuilder<unknown>): Promise<Silence[]> {
  const { rows } = await sql<Row>`select ${columns} from silence where ${where} order by until_at, id`.execute(tx);
  return rows.map(readSilence);
}

/** Those that are on at `now`, the ones that end first before the others. */
export function activeSilences(tx: Tx, now: Date): Promise<Silence[]> {
  return select(tx, sql`ended_at is null and until_at > ${now}`);
}

export async function findSilence(tx: Tx, id: string): Promise<Silence | undefined> {
  const [found] = await select(tx, sql`id = ${id}`);
  return found;
}

/** Whoever changes silences waits for the others: what they read of the target stays true until they are done. */
export async function lockTarget(tx: Tx, target: SilenceTarget): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('silence'), hashtext(${`${target.kind}/${target.id}`}))`.execute(tx);
}

/** Without what people mix up when they type it. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Adds a silence under a new id. */
export async function addSilence(tx: Tx, silence: Omit<Silence, 'id' | 'ended'>, request: string): Promise<Silence> {
  const { kind, target, mode, from, until, reason = null, by } = silence;
  for (;;) {
    const id = Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
    const { rows } = await sql<Row>`
      insert into silence (id, kind, target_kind, target, mode, from_at, until_at, reason,
                           by_actor, by_name, by_mention, request)
      values (${id}, ${kind}, ${target.kind}, ${target.id}, ${mode}, ${from}, ${until}, ${reason},
              ${by.id}, ${by.name}, ${by.mention}, ${request})
      on conflict (id) do nothing returning ${columns}`.execute(tx);
    if (rows[0]) return readSilence(rows[0]);
  }
}

/** Ends a silence that is on; undefined = it is not. */
export async function endRow(tx: Tx, id: string, end: { at: Date; by: string }): Promise<Silence | undefined> {
  const { rows } = await sql<Row>`
    update silence set ended_at = ${end.at}, ended_by = ${end.by}
    where id = ${id} and ended_at is null and until_at > ${end.at} returning ${columns}`.execute(tx);
  return rows[0] && readSilence(rows[0]);
}
