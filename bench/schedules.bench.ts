// 500 schedules: how late their ticks are, spread out and all at once, beside a bare setTimeout; and what waiting costs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { z } from 'zod';
import { defineJob } from '../src/jobs/model.ts';
import { openJobs } from '../src/jobs/open.ts';
import { createSchedules } from '../src/jobs/schedules.ts';
import type { Schedule } from '../src/jobs/timing.ts';
import { openStore } from '../src/store/store.ts';
import { cpuOf, median, percentile } from './support/child.ts';
import { printFigures } from './support/figure.ts';

const SCHEDULES = 500;
const SPREAD_MS = 20_000;
const BURSTS = 3;
const IDLE_WINDOWS = 10;
const minute = 60_000;

const log = pino({ level: 'silent' });
const dataDir = await mkdtemp(join(tmpdir(), 'rounds-bench-'));
const store = await openStore({ dataDir, log });
let aheadMs = 0;
const clock = { now: () => new Date(Date.now() + aheadMs) };
const jobs = await openJobs({ store, clock, log });
const kind = defineJob({
  name: 'bench.slot',
  schema: z.object({ name: z.string() }),
  lane: 'housekeeping',
  retry: { limit: 0, firstMs: 1_000, maxMs: 1_000 },
});

/** Schedules that run for as long as `work`: how late each slot's turn came, ms. */
async function run<R>(given: Pick<Schedule, 'when'>[], work: () => Promise<R>): Promise<{ late: number[]; result: R }> {
  const late: number[] = [];
  const schedules = createSchedules({
    store,
    clock,
    log,
    schedules: given.map(({ when }, index) => ({
      name: `s${index}`,
      when,
      missed: 'skip',
      enqueue: (tx, slot, key) => {
        late.push(clock.now().getTime() - slot.getTime());
        return jobs.enqueue(tx, kind, { name: `s${index}` }, { key });
      },
    })),
  });
  await schedules.start();
  const result = await work();
  await schedules.stop();
  return { late, result };
}

/** The same moments by a bare timer. */
async function bare(whens: { everyMs: number }[], forMs: number): Promise<number[]> {
  const late: number[] = [];
  const until = Date.now() + forMs;
  const follow = async ({ everyMs }: { everyMs: number }) => {
    for (;;) {
      const at = (Math.floor(Date.now() / everyMs) + 1) * everyMs;
      if (at > until) return;
      while (Date.now() < at) await wait(at - Date.now());
      late.push(Date.now() - at);
    }
  };
  await Promise.all(whens.map(follow));
  return late;
}

const said = (late: number[]) =>
  `p99 ${percentile(late, 0.99).toFixed(0)} ms, max ${Math.max(...late).toFixed(0)} ms late (${late.length} slots)`;

const spread = Array.from({ length: SCHEDULES }, (_, index) => ({ everyMs: 20_000 + 37 * index }));
const reference = await bare(spread, SPREAD_MS);
const spreadOut = await run(
  spread.map((when) => ({ when })),
  () => wait(SPREAD_MS),
);

const zones = ['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC'];
const first: number[] = [];
const last: number[] = [];
for (let round = 0; round < BURSTS; round += 1) {
  const crons = spread.map((_, index) => ({ when: { cron: '* * * * *', zone: zones[index % zones.length]! } }));
  // The next minute begins in 5 s: time enough to start. Each round is in another minute.
  aheadMs = (round + 1) * minute - ((Date.now() + 5_000) % minute);
  const { late } = await run(crons, () => wait(10_000));
  if (late.length !== SCHEDULES) throw new Error(`${late.length} slots of ${SCHEDULES}`);
  first.push(Math.min(...late));
  last.push(Math.max(...late));
}
aheadMs = 0;

const daily = Array.from({ length: SCHEDULES }, () => ({ when: { cron: '0 0 29 2 *', zone: 'Europe/Berlin' } }));
/** Per cent of a CPU: the median of many seconds, since the embedded database tidies up now and then. */
async function idle(): Promise<number> {
  const shares: number[] = [];
  for (let window = 0; window < IDLE_WINDOWS; window += 1) {
    const { cpu, wall } = await cpuOf(() => wait(1_500));
    shares.push((cpu / wall) * 100);
  }
  return median(shares);
}
const few = (await run(daily.slice(0, 5), idle)).result;
const many = (await run(daily, idle)).result;

await jobs.stop(0);
await store.close();
await rm(dataDir, { recursive: true, force: true });
printFigures([
  {
    name: `${SCHEDULES} schedules, spread out`,
    measured: said(spreadOut.late),
    reference: `100 ms wanted; a bare setTimeout: ${said(reference)}`,
    ratio: Math.max(...spreadOut.late) / 100,
  },
  {
    name: `${SCHEDULES} schedules in one moment, ${BURSTS} times`,
    measured: `the tick ${Math.max(...first)} ms late, the last job in the queue after ${Math.max(...last)} ms`,
    reference: `100 ms wanted for the tick; ${(median(last) / SCHEDULES).toFixed(1)} ms a job on the embedded database`,
    ratio: Math.max(...first) / 100,
  },
  {
    name: `${SCHEDULES} schedules that wait`,
    measured: `${many.toFixed(2)} % of a CPU`,
    reference: `5 schedules: ${few.toFixed(2)} % (+0.5 % allowed)`,
    ratio: many / (few + 0.5),
  },
]);
