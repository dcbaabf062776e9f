import { sql } from 'kysely';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
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

/** Remembers the answers being refreshed, so that none says "checking…" for ever. Never throws: it must not hold up an answer. */
export interface Running {
  begin(answer: RunningAnswer): Promise<void>;
  placed(key: string, ts: string): Promise<void>;
  end(key: string): Promise<void>;
  /** Says that this process still works on its answers. */
  touch(): Promise<void>;
  /** Takes, once over all replicas, the answers nobody has worked on for 2 minutes. */
  takeDead(): Promise<RunningAnswer[]>;
}

const deadAfterMs = 120_000;

export function openRunning({ store, log }: { store: Pick<Store, 'db'>; log: Log }): Running {
  const mine = new Set<string>();
  const db = () => store.db<SlackTables>();

  const guarded = async <T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error }, `${what}: the database did not answer`);
      return otherwise;
    }
  };

  return {
    begin: ({ key, channel, ts, threadTs, name, words }) =>
      guarded('an answer is not remembered', undefined, async () => {
        if (mine.has(key)) return;
        mine.add(key);
        const row = { key, channel, ts: ts ?? null, thread_ts: threadTs ?? null, command: name, words };
        await db().insertInto('slack_answer').values(row).execute();
      }),
    placed: (key, ts) =>
      guarded('an answer is not remembered', undefined, async () => {
        await db().updateTable('slack_answer').set({ ts }).where('key', '=', key).execute();
      }),
    end: (key) =>
      guarded('a finished answer is not forgotten', undefined, async () => {
        if (!mine.delete(key)) return;
        await db().deleteFrom('slack_answer').where('key', '=', key).execute();
      }),
    touch: () =>
      guarded('running answers are not touched', undefined, async () => {
        if (mine.size === 0) return;
        const alive = { alive_at: sql<Date>`now()` };
        await db()
          .updateTable('slack_answer')
          .set(alive)
          .where('key', 'in', [...mine])
          .execute();
      }),
    takeDead: () =>
      guarded('interrupted answers are not looked up', [], async () => {
        const before = sql<Date>`now() - make_interval(secs => ${deadAfterMs / 1_000})`;
        const rows = await db().deleteFrom('slack_answer').where('alive_at', '<', before).returningAll().execute();
        return rows
          .filter((row) => !mine.has(row.key))
          .map(({ key, channel, ts, thread_ts, command, words }) => ({
            key,
            channel,
            ts: ts ?? undefined,
            threadTs: thread_ts ?? undefined,
            name: command,
            words,
          }));
      }),
  };
}
