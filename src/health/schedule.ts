import { sql } from 'kysely';
import { schedule as cron, type ScheduledTask } from 'node-cron';
import type { Check } from '../config/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import type { HealthTables } from './tables.ts';

/** Plans every check: a new one is due at once, one that now runs more often comes earlier. */
export async function planChecks(store: Store, checks: readonly Check[], now: Date): Promise<void> {
  if (checks.length === 0) return;
  const plan = JSON.stringify(checks.map((check) => ({ check_id: check.id, every_ms: check.everyMs })));
  await sql`
    insert into check_schedule as s (check_id, every_ms, next_due)
    select check_id, every_ms, ${now} from jsonb_to_recordset(${plan}::jsonb) as p (check_id text, every_ms bigint)
    order by check_id
    on conflict (check_id) do update set
      every_ms = excluded.every_ms,
      next_due = least(s.next_due, ${now}::timestamptz + excluded.every_ms * interval '1 millisecond')
    where s.every_ms <> excluded.every_ms`.execute(store.db<HealthTables>());
}

/**
 * Takes the due ones of these checks: each is given to one caller, whatever the number of replicas. Slots are multiples
 * of `every`, so checks of one rhythm stay together; slots missed while nobody ran are not made up for.
 */
export async function claimDue(store: Store, ids: readonly string[], now: Date): Promise<string[]> {
  const claimed = await sql<{ check_id: string }>`
    update check_schedule set
      next_due = to_timestamp((floor(${now.getTime()}::double precision / every_ms) + 1) * every_ms / 1000.0)
    where check_id in (
      select check_id from check_schedule where check_id = any(${ids}) and next_due <= ${now}
      order by check_id for update skip locked)
    returning check_id`.execute(store.db<HealthTables>());
  return claimed.rows.map((row) => row.check_id);
}

export interface Schedule {
  start(): void;
  /** Claims what is due now and starts it; resolves when it is started, not when it is done. */
  tick(): Promise<void>;
  /** No more ticks; resolves when all that was started is done. */
  stop(): Promise<void>;
}

/** Regular runs: a tick every 5 s claims the due checks; slow ones run on their own, the others as one sweep. */
export function createSchedule(options: {
  store: Store;
  checks: readonly Check[];
  clock: Clock;
  log: Log;
  /** Measures these checks and records them; never rejects. */
  run: (checks: Check[]) => Promise<void>;
  isSlow: (check: Check) => boolean;
  /** When to tick, as node-cron writes it (with seconds). */
  pattern?: string;
}): Schedule {
  const { store, clock, log, run } = options;
  const byId = new Map(options.checks.map((check) => [check.id, check]));
  const running = new Map<string, Promise<void>>();
  let ticker: ScheduledTask | undefined;
  let planned = false;
  let stopped = false;

  function begin(checks: Check[]): void {
    if (checks.length === 0) return;
    const done = run(checks).finally(() => {
      for (const check of checks) running.delete(check.id);
    });
    for (const check of checks) running.set(check.id, done);
  }

  let ticking: Promise<void> = Promise.resolve();

  async function claimAndBegin(): Promise<void> {
    try {
      if (stopped) return;
      if (!planned) await planChecks(store, options.checks, clock.now());
      planned = true;
      const idle = [...byId.keys()].filter((id) => !running.has(id));
      const due = (await claimDue(store, idle, clock.now())).flatMap((id) => byId.get(id) ?? []);
      if (stopped) return;
      begin(due.filter((check) => !options.isSlow(check)));
      for (const check of due.filter(options.isSlow)) begin([check]);
    } catch (error) {
      log.error({ err: error }, 'regular checks could not be claimed; trying again at the next tick');
    }
  }

  function tick(): Promise<void> {
    ticking = ticking.then(claimAndBegin);
    return ticking;
  }

  return {
    start() {
      const quiet = cronLog(log);
      ticker = cron(options.pattern ?? '*/5 * * * * *', tick, { name: 'health', noOverlap: true, logger: quiet });
    },
    tick,
    async stop() {
      stopped = true;
      await ticker?.destroy();
      await ticking;
      await Promise.all(running.values());
    },
  };
}

/** node-cron's messages (a late tick, an overlap) go to our log, never to the console. */
export function cronLog(log: Log) {
  return {
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error, error?: Error) => log.error({ err: error ?? message }, 'schedule'),
    debug: (message: string | Error) => log.debug({ message: String(message) }, 'schedule'),
  };
}
