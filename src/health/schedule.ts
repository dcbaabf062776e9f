import { sql } from 'kysely';
import { schedule as cron, type ScheduledTask } from 'node-cron';
import type { Check } from '../config/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store } from '../store/store.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { HealthTables } from './tables.ts';

/** Clocks of replicas may differ by this much, ms. */
const clocksDifferMs = 60_000;

/** Plans every check: a new one, or another under its id, is due at once; one that now runs more often comes earlier. */
export async function planChecks(store: Store, checks: readonly Check[], now: Date): Promise<void> {
  if (checks.length === 0) return;
  const plan = JSON.stringify(
    checks.map((check) => ({ check_id: check.id, every_ms: check.everyMs, fingerprint: fingerprintOf(check) })),
  );
  await sql`
    insert into check_schedule as s (check_id, every_ms, next_due, fingerprint)
    select check_id, every_ms, ${now}, fingerprint
    from jsonb_to_recordset(${plan}::jsonb) as p (check_id text, every_ms bigint, fingerprint text)
    order by check_id
    on conflict (check_id) do update set
      every_ms = excluded.every_ms,
      fingerprint = excluded.fingerprint,
      next_due = case when s.fingerprint <> excluded.fingerprint then ${now}::timestamptz
        else least(s.next_due, ${now}::timestamptz + excluded.every_ms * interval '1 millisecond') end`.execute(
    store.db<HealthTables>(),
  );
}

/**
 * Takes the due ones of these checks: each is given to one caller, whatever the number of replicas. Slots are multiples
 * of `every`, so checks of one rhythm stay together; slots missed while nobody ran are not made up for. A slot that the
 * clock can't have planned (it was ahead and went back) is moved to one `every` from now; a minute of difference between
 * the clocks of two replicas is let be, else they would pull at each other's slots.
 */
export async function claimDue(store: Store, ids: readonly string[], now: Date): Promise<string[]> {
  const claimed = await sql<{ check_id: string; due: boolean }>`
    with taken as (
      select check_id, next_due <= ${now} as due from check_schedule
      where check_id = any(${ids}) and (
        next_due <= ${now} or
        next_due > ${now}::timestamptz + every_ms * interval '1 millisecond' + ${clocksDifferMs} * interval '1 millisecond')
      order by check_id for update skip locked)
    update check_schedule s set next_due = case when taken.due
      then to_timestamp((floor(${now.getTime()}::double precision / s.every_ms) + 1) * s.every_ms / 1000.0)
      else ${now}::timestamptz + s.every_ms * interval '1 millisecond' end
    from taken where s.check_id = taken.check_id
    returning s.check_id, taken.due`.execute(store.db<HealthTables>());
  return claimed.rows.filter((row) => row.due).map((row) => row.check_id);
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
