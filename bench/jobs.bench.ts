// Two replicas share the jobs of one PostgreSQL server: each is carried out once. Compared with pg-boss alone.
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import { openJobs } from '../src/jobs/open.ts';
import { openStore } from '../src/store/store.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { median, startChild } from './support/child.ts';
import { printFigures } from './support/figure.ts';
import { countJob } from './support/jobs.ts';

const jobCount = 2_000;
const idleMs = 10_000;
const log = pino({ level: 'silent' });
const postgres = await startPostgres();
type Told = { ready?: true; done?: number; cpuMs?: number };

/** Starts two replicas on what waits in a database, and counts what they carry out. Resolves to jobs/s. */
async function drain(databaseUrl: string, queue: 'rounds' | 'bare'): Promise<{ perSecond: number; stop(): void }> {
  const times = new Map<number, number>();
  const all = Promise.withResolvers<void>();
  let startedMs = Number.NaN;
  const note = ({ done }: Told) => {
    if (done === undefined) return;
    if (Number.isNaN(startedMs)) startedMs = performance.now();
    times.set(done, (times.get(done) ?? 0) + 1);
    if (times.size === jobCount) all.resolve();
  };
  const replicas = await Promise.all([1, 2].map(() => startChild<Told>('jobs-worker.ts', [databaseUrl, queue], note)));
  await all.promise;
  const perSecond = (jobCount / (performance.now() - startedMs)) * 1_000;
  // A job that is carried out twice would be within the next looks.
  await pause(1_500);
  const twice = [...times.values()].filter((count) => count > 1).length;
  if (twice > 0) throw new Error(`${twice} jobs were carried out more than once`);
  return { perSecond, stop: () => replicas.forEach((replica) => void replica.stop()) };
}

async function rounds(): Promise<number> {
  const databaseUrl = await postgres.createDatabase();
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log });
  const jobs = await openJobs({ store, clock: store.time, log });
  await store.transaction(async (tx) => {
    for (let n = 0; n < jobCount; n += 1) await jobs.enqueue(tx, countJob, { n });
  });
  const { perSecond, stop } = await drain(databaseUrl, 'rounds');
  stop();
  await jobs.stop(0);
  await store.close();
  return perSecond;
}

async function bare(): Promise<number> {
  const databaseUrl = await postgres.createDatabase();
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false });
  await boss.start();
  await boss.createQueue('count', { heartbeatSeconds: 10 });
  await boss.insert(
    'count',
    Array.from({ length: jobCount }, (_, n) => ({ data: { n } })),
  );
  const { perSecond, stop } = await drain(databaseUrl, 'bare');
  stop();
  await boss.stop();
  return perSecond;
}

/** CPU of a replica that has nothing to do, ms. */
async function idle(): Promise<number> {
  const databaseUrl = await postgres.createDatabase();
  const { child, stop } = await startChild('jobs-worker.ts', [databaseUrl, 'rounds']);
  const cpu = async (): Promise<number> => {
    child.send('cpu');
    const [{ cpuMs = Number.NaN }] = (await once(child, 'message')) as [Told];
    return cpuMs;
  };
  await pause(2_000);
  const before = await cpu();
  await pause(idleMs);
  const used = (await cpu()) - before;
  stop();
  return used;
}

const [ours, theirs]: [number[], number[]] = [[], []];
for (let run = 0; run < 3; run += 1) {
  ours.push(await rounds());
  theirs.push(await bare());
}
const idleCpuMs = await idle();
await postgres.stop();

printFigures([
  {
    name: `two replicas, ${jobCount} jobs, each once`,
    measured: `${median(ours).toFixed(0)} jobs/s`,
    reference: `half of what pg-boss does alone, in batches of 10 that wait for their slowest (${median(theirs).toFixed(0)} jobs/s)`,
    ratio: median(theirs) / 2 / median(ours),
  },
  {
    name: 'a replica with nothing to do',
    measured: `${idleCpuMs.toFixed(0)} ms of CPU in 10 s`,
    reference: '2 % of a core',
    ratio: idleCpuMs / (0.02 * idleMs),
  },
]);
