import { type Kysely, sql } from 'kysely';
import type { Post } from '../kernel/command.ts';
import type { Log } from '../kernel/log.ts';
import type { PatientDatabase } from './database.ts';
import type { SlackTables } from './tables.ts';

/** An answer on its way: its message says "checking…" and will be edited. */
export interface RunningAnswer {
  key: string;
  channel: string;
  ts: string | undefined;
  threadTs: string | undefined;
  /** The command's name, and the words behind it. */
  name: string;
  words: string;
}

/** An answer that nobody works on: `final` is what its message must say, when that is known. */
export interface DeadAnswer extends RunningAnswer {
  final: Post | undefined;
  /** Too old to be tried again. */
  expired: boolean;
}

/** Remembers the answers being refreshed, so that none says "checking…" for ever. Never throws: it must not hold up an answer. */
export interface Running {
  begin(answer: RunningAnswer): Promise<void>;
  placed(key: string, ts: string): Promise<void>;
  end(key: string): Promise<void>;
  /** The final edit failed: whoever looks for dead answers next shows `final`. */
  leave(key: string, final: Post): Promise<void>;
  /** Says that this process still works on its answers. */
  touch(): Promise<void>;
  /** Writes what the database did not take when it was to: which answers are over. */
  catchUp(): Promise<void>;
  /**
   * Claims, once over all replicas, the answers that nobody has worked on for 2 minutes; `all` = all but this process's
   * own. They stay until `forget`: without it they can be claimed again 2 minutes later.
   */
  claimDead(options?: { all: boolean }): Promise<DeadAnswer[]>;
  forget(key: string): Promise<void>;
}

const deadAfterMs = 120_000;
const triedForMs = 24 * 3_600_000;

export function openRunning({ database, log }: { database: PatientDatabase; log: Log }): Running {
  const mine = new Set<string>();
  /** What is still to be written about answers that are over: their final post, or that they are to be forgotten. */
  const over = new Map<string, Post | 'forget'>();

  const guarded = async <T>(what: string, otherwise: T, query: (db: Kysely<SlackTables>) => Promise<T>): Promise<T> => {
    try {
      return await database.ask(query);
    } catch (error) {
      log.warn({ err: error }, `${what}: the database did not answer`);
      return otherwise;
    }
  };

  const settle = async (key: string): Promise<void> => {
    const outcome = over.get(key);
    if (outcome === undefined) return;
    const written = await guarded('what became of an answer is noted later', false, async (db) => {
      if (outcome === 'forget') await db.deleteFrom('slack_answer').where('key', '=', key).execute();
      else await db.updateTable('slack_answer').set(leftBehind(outcome)).where('key', '=', key).execute();
      return true;
    });
    if (!written) return;
    over.delete(key);
    mine.delete(key);
  };

  return {
    begin: ({ key, channel, ts, threadTs, name, words }) => {
      if (mine.has(key)) return Promise.resolve();
      mine.add(key);
      const row = { key, channel, ts: ts ?? null, thread_ts: threadTs ?? null, command: name, words: storable(words) };
      return guarded('an answer is not remembered', undefined, async (db) => {
        await db.insertInto('slack_answer').values(row).execute();
      });
    },
    placed: (key, ts) =>
      guarded('an answer is not remembered', undefined, async (db) => {
        await db.updateTable('slack_answer').set({ ts }).where('key', '=', key).execute();
      }),
    end: async (key) => {
      if (!mine.has(key) || over.has(key)) return;
      over.set(key, 'forget');
      await settle(key);
    },
    leave: async (key, final) => {
      if (!mine.has(key)) return;
      over.set(key, final);
      await settle(key);
    },
    catchUp: async () => {
      for (const key of [...over.keys()]) await settle(key);
    },
    touch: async () => {
      if (mine.size === 0) return;
      await guarded('running answers are not touched', undefined, async (db) => {
        const touched = db.updateTable('slack_answer').set({ alive_at: sql<Date>`now()` });
        await touched.where('key', 'in', [...mine]).execute();
      });
    },
    claimDead: ({ all } = { all: false }) =>
      guarded('interrupted answers are not looked up', [], async (db) => {
        let claimed = db.updateTable('slack_answer').set({ alive_at: sql<Date>`now()` });
        if (!all) claimed = claimed.where('alive_at', '<', ago(deadAfterMs));
        if (mine.size) claimed = claimed.where('key', 'not in', [...mine]);
        const expired = sql<boolean>`started_at < ${ago(triedForMs)}`.as('expired');
        const rows = await claimed.returningAll().returning(expired).execute();
        return rows.map(({ key, channel, ts, thread_ts, command, words, final, expired }) => ({
          key,
          channel,
          ts: ts ?? undefined,
          threadTs: thread_ts ?? undefined,
          name: command,
          words,
          final: final ?? undefined,
          expired,
        }));
      }),
    forget: (key) =>
      guarded('an ended answer is not forgotten', undefined, async (db) => {
        await db.deleteFrom('slack_answer').where('key', '=', key).execute();
      }),
  };
}

/** Dead at once, so that it is claimed by the next look. */
function leftBehind(final: Post) {
  const json = JSON.stringify(final, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  return { final: json, alive_at: ago(deadAfterMs + 1_000) };
}

/** PostgreSQL takes no NUL and no half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function ago(ms: number) {
  return sql<Date>`now() - make_interval(secs => ${ms / 1_000})`;
}
