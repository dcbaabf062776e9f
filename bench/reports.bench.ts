// The morning report over 66 checks: what it takes beyond its slowest check; and 500 reports that are due in one minute.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { openCore } from '../src/app.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { createSchedules } from '../src/jobs/schedules.ts';
import type { Schedule } from '../src/jobs/timing.ts';
import { cpuOf, median, percentile, startChild } from './support/child.ts';
import { printFigures } from './support/figure.ts';

const REPORTS = 500;
const RUNS = 5;
const IDLE_WINDOWS = 10;
const minute = 60_000;
const zones = ['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC'];

const targets = await startChild<number>('targets.ts');
const dir = await mkdtemp(join(tmpdir(), 'rounds-bench-'));
const checks = Array.from({ length: 66 }, (_, index) => {
  const url = `http://127.0.0.1:${targets.hello}/after/${index === 0 ? 1_000 : 5 * (index % 40)}`;
  return { id: `c${index}`, http: { url } };
});
const scheduled = Array.from({ length: REPORTS }, (_, index) => `r${index}`);
await writeFile(join(dir, 'ops.yml'), JSON.stringify({ defaults: { attempts: 1 }, reports: { scheduled }, checks }));
await mkdir(join(dir, 'templates', 'reports'), { recursive: true });
for (const [index, name] of scheduled.entries()) {
  const file = { title: name, schedule: '* * * * *', zone: zones[index % zones.length], sections: ['verdict'] };
  await writeFile(join(dir, 'templates', 'reports', `${name}.yml`), JSON.stringify(file));
}
const log = pino({ level: 'silent' });
const variables = { DATA_DIR: join(dir, 'data'), OPS_CONFIG: join(dir, 'ops.yml') };
const environment = readEnvironment(variables, { face: 'terminal' });
const core = await openCore({ environment, variables, log });
const { store, reports, services } = core;

/** Two days of results of all checks, every five minutes. */
async function fill(): Promise<void> {
  await sql`
    insert into check_result (check_id, at, outcome, duration_ms, facts, fingerprint)
    select 'c' || n, at, 'ok', 12, jsonb_build_object('status', 200, 'ms', round((20 + 10 * random())::numeric, 1)), 'f'
    from generate_series(0, ${checks.length - 1}::int) as n,
      generate_series(now() - interval '48 hours', now() - interval '1 minute', interval '5 minutes') as at`.execute(
    store.db(),
  );
  await store.pool.query('analyze');
}

async function timed<R>(work: () => Promise<R>): Promise<{ result: R; ms: number }> {
  const startedMs = performance.now();
  return { result: await work(), ms: performance.now() - startedMs };
}

/** All checks alone: how long they take, and the slowest of them, ms. */
async function sweep(): Promise<{ ms: number; slowest: number }> {
  const { ms } = await timed(async () => {
    const signal = new AbortController().signal;
    for await (const _ of services.health.measure({ scope: { kind: 'all' }, signal }));
  });
  const last = await services.health.last({ kind: 'all' });
  return { ms, slowest: Math.max(...last.checks.map((check) => check.duration_ms)) };
}

/** Those of the reports: their upkeep is another matter. */
const planned = () => reports.schedules().filter(({ name }) => !name.endsWith('.upkeep'));

/** The slots of these schedules in the next minute, while time passes: how late after it each is enqueued, ms. */
async function due(given: Schedule[], aheadMs: number): Promise<number[]> {
  const late: number[] = [];
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const watched = given.map((schedule): Schedule => {
    const enqueue: Schedule['enqueue'] = async (tx, slot, ...rest) => {
      await schedule.enqueue(tx, slot, ...rest);
      late.push(clock.now().getTime() - slot.getTime());
    };
    return { ...schedule, missed: 'skip', enqueue };
  });
  const schedules = createSchedules({ store, clock, log, schedules: watched });
  await schedules.start();
  await wait(20_000);
  await schedules.stop();
  if (late.length !== given.length) throw new Error(`${late.length} slots of ${given.length}`);
  return late;
}

/** Per cent of a CPU while these wait: the median of many seconds, since the embedded database tidies up now and then. */
async function idle(count: number): Promise<number> {
  const never = { cron: '0 0 29 2 *', zone: 'Europe/Berlin' };
  const given = planned().slice(0, count);
  const schedules = createSchedules({
    ...{ store, clock: core.clock, log },
    schedules: given.map((schedule) => ({ ...schedule, name: `idle/${schedule.name}`, when: never })),
  });
  await schedules.start();
  const shares: number[] = [];
  for (let window = 0; window < IDLE_WINDOWS; window += 1) {
    const { cpu, wall } = await cpuOf(() => wait(1_500));
    shares.push((cpu / wall) * 100);
  }
  await schedules.stop();
  return median(shares);
}

await fill();
const by = 'bench';
const ask = () => reports.ask('morning', { by, signal: new AbortController().signal });
const first = await timed(ask);
const beyond: number[] = [];
const alone: number[] = [];
for (let run = 0; run < RUNS; run += 1) {
  const bare = await sweep();
  alone.push(bare.ms - bare.slowest);
  const { ms } = await timed(ask);
  const { checks: measured } = await services.health.last({ kind: 'all' });
  beyond.push(ms - Math.max(...measured.map((check) => check.duration_ms)));
}
const sections = first.result.content.sections.map(({ name, tookMs }) => `${name} ${tookMs}`);

// The next minute begins in 5 s: time enough to start.
const late = await due(planned(), minute - ((Date.now() + 5_000) % minute));
const few = await idle(5);
const many = await idle(REPORTS);
await core.close();
targets.stop();
await rm(dir, { recursive: true, force: true });

printFigures([
  {
    name: `the morning report over ${checks.length} checks, the slowest of which takes 1 s`,
    measured: `${median(beyond).toFixed(0)} ms beyond the slowest check; the first one took ${first.ms.toFixed(0)} ms (${sections.join(', ')})`,
    reference: `2,000 ms wanted; the checks alone: ${median(alone).toFixed(0)} ms beyond their slowest`,
    ratio: median(beyond) / 2_000,
  },
  {
    name: `${REPORTS} reports due in one minute`,
    measured: `the first in the queue ${Math.min(...late)} ms after its slot, p50 ${percentile(late, 0.5)} ms, p99 ${percentile(late, 0.99)} ms`,
    reference: `p99 100 ms wanted; ${(Math.max(...late) / REPORTS).toFixed(1)} ms a report on the embedded database`,
    ratio: percentile(late, 0.99) / 100,
  },
  {
    name: `${REPORTS} reports that wait`,
    measured: `${many.toFixed(2)} % of a CPU`,
    reference: `5 reports: ${few.toFixed(2)} % (+0.5 % allowed)`,
    ratio: many / (few + 0.5),
  },
]);
