import { type Kysely, sql } from 'kysely';
import type { Log } from '../kernel/log.ts';
import type { PatientDatabase } from './database.ts';
import type { SlackTables } from './tables.ts';

/** Whether a delivery from Slack is the first of its key. Slack, proxies and replays deliver twice. */
export interface Seen {
  /** True once per key over all replicas. With the database down or hanging: once per key in this process. Never throws. */
  first(key: string): Promise<boolean>;
  /** True once per key in this process, without any I/O: for answers whose only effect is their acknowledgement. */
  firstHere(key: string): boolean;
  /** The rest of `first`, for a key that `firstHere` was true of. */
  confirmed(key: string): Promise<boolean>;
  /** How many batches are being decided now. */
  readonly pending: number;
  close(): Promise<void>;
}

/** Deliveries of the same few milliseconds share one statement: a row of its own costs 20 times as much. */
const gatherMs = 3;
const batchMax = 200;
const rememberedMax = 20_000;
const keptHours = 24;
const cleanEveryMs = 3_600_000;

export function openSeen({ database, log }: { database: PatientDatabase; log: Log }): Seen {
  const remembered = new Set<string>();
  const deciding = new Set<Promise<unknown>>();
  let gathering: { keys: string[]; firsts: Promise<Set<string>> } | undefined;
  let failing = false;

  const firstHere = (key: string): boolean => {
    if (remembered.has(key)) return false;
    remembered.add(key);
    if (remembered.size > rememberedMax) remembered.delete(remembered.values().next().value!);
    return true;
  };

  const decide = async (keys: string[]): Promise<Set<string>> => {
    try {
      const rows = await database.ask((db) => insert(db, keys));
      if (failing) log.info('the database decides about duplicate deliveries again');
      failing = false;
      return new Set(rows);
    } catch (error) {
      if (!failing) log.error({ err: error }, 'duplicate deliveries are recognised by memory only');
      failing = true;
      return new Set(keys);
    }
  };

  const gather = (): { keys: string[]; firsts: Promise<Set<string>> } => {
    const keys: string[] = [];
    const firsts = new Promise<void>((resolve) => setTimeout(resolve, gatherMs)).then(() => {
      if (gathering?.keys === keys) gathering = undefined;
      return decide(keys);
    });
    const decided: Promise<unknown> = firsts.finally(() => deciding.delete(decided));
    deciding.add(decided);
    return { keys, firsts };
  };

  const cleaning = setInterval(() => {
    database.ask(forget).catch((error: unknown) => log.warn({ err: error }, 'old deliveries stay'));
  }, cleanEveryMs);
  cleaning.unref();

  const confirmed = async (key: string): Promise<boolean> => {
    if (!gathering || gathering.keys.length >= batchMax) gathering = gather();
    gathering.keys.push(key);
    return (await gathering.firsts).has(key);
  };

  return {
    firstHere,
    confirmed,
    first: async (key) => firstHere(key) && (await confirmed(key)),
    get pending() {
      return deciding.size;
    },
    close: async () => {
      clearInterval(cleaning);
      await Promise.all(deciding);
    },
  };
}

async function insert(db: Kysely<SlackTables>, keys: string[]): Promise<string[]> {
  const rows = await db
    .insertInto('slack_seen')
    .values(keys.map((key) => ({ key, expires_at: sql<Date>`now() + make_interval(hours => ${keptHours})` })))
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .execute();
  return rows.map((row) => row.key);
}

/** Deletes what no redelivery can match any more. */
async function forget(db: Kysely<SlackTables>): Promise<void> {
  await db.deleteFrom('slack_seen').where('expires_at', '<', sql<Date>`now()`).execute();
}
