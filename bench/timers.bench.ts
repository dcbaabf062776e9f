// The deadlines of 1,000 open incidents, five each: how late they come to be done, and what it costs that they wait.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { z } from 'zod';
import { defineJob } from '../src/jobs/model.ts';
import { openJobs } from '../src/jobs/open.ts';
import { createTimers } from '../src/jobs/timers.ts';
import { openStore } from '../src/store/store.ts';
import { cpuOf, median, percentile } from './support/child.ts';
import { printFigures } from './support/figure.ts';

const INCIDENTS = 1_000;
const TIMERS = 5;
const SPREAD_MS = 120_000;
const IDLE_WINDOWS = 10;
const day = 86_400_000;

const log = pino({ level: 'silent' });
const dataDir = await mkdtemp(join(tmpdir(), 'rounds-bench-'));
const store = await openStore({ dataDir, log });
const clock = store.time;
const jobs = await openJobs({ store, clock, log });
const kind = defineJob({
  name: 'bench.deadline',
  schema: z.object({ dueMs: z.number() }),
  lane: 'watches',
  retry: { limit: 0, firstMs: 1_000, maxMs: 1_000 },
  keptForMs: 60_000,
});
const late: number[] = [];
const done = Promise.withResolvers<void>();
jobs.handle(kind, async ({ dueMs }) => {
  late.push(clock.now().getTime() - dueMs);
  if (late.length === INCIDENTS * TIMERS) done.resolve();
});
const timers = createTimers({ store, jobs, kinds: [kind], clock, log });

/** Every incident's deadlines, `when` from now. */
async function setAll(when: () => number): Promise<void> {
  const from = clock.now().getTime();
  await store.transaction<unknown, void>(async (tx) => {
    for (let id = 1; id <= INCIDENTS; id += 1)
      for (let n = 0; n < TIMERS; n += 1) {
        const dueMs = from + when();
        await timers.set(tx, { key: `incident/${id}/open/${n}`, dueAt: new Date(dueMs), kind, data: { dueMs } });
      }
  });
}

/** Per cent of a CPU: the median of many seconds, since the embedded database tidies up now and then. */
async function idle(): Promise<number> {
  const shares: number[] = [];
  for (let window = 0; window < IDLE_WINDOWS; window += 1) {
    const { cpu, wall } = await cpuOf(() => wait(1_500));
    shares.push((cpu / wall) * 100);
  }
  return median(shares);
}

await jobs.start();
timers.start();
const none = await idle();
await setAll(() => day);
const waiting = await idle();
// In the order of nothing: as deadlines of a thousand incidents come.
const startMs = 20_000;
await setAll(() => startMs + Math.random() * SPREAD_MS);
await done.promise;
await timers.stop();
await jobs.stop(0);
await store.close();
await rm(dataDir, { recursive: true, force: true });

const p99 = percentile(late, 0.99);
printFigures([
  {
    name: `${INCIDENTS} open incidents, ${TIMERS} deadlines each, within ${SPREAD_MS / 1_000} s`,
    measured: `p50 ${percentile(late, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${Math.max(...late).toFixed(0)} ms late, ${late.filter((ms) => ms < 0).length} early`,
    reference: 'p99 2,000 ms wanted; looked for every 1,000 ms, carried out by a look of the queue every 500 ms',
    ratio: Math.max(p99 / 2_000, late.some((ms) => ms < 0) ? 2 : 0),
  },
  {
    name: `${INCIDENTS * TIMERS} deadlines that wait`,
    measured: `${waiting.toFixed(2)} % of a CPU`,
    reference: `none that wait: ${none.toFixed(2)} % (+0.5 % allowed)`,
    ratio: waiting / (none + 0.5),
  },
]);
