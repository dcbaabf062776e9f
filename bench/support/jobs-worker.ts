// A replica that carries out jobs that do nothing but say their number: by Rounds' queue, or by pg-boss alone.
import { tmpdir } from 'node:os';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import { openJobs } from '../../src/jobs/open.ts';
import { openStore } from '../../src/store/store.ts';
import { countJob } from './jobs.ts';

const [databaseUrl = '', queue = 'rounds'] = process.argv.slice(2);
const tell = (n: number): void => void process.send?.({ done: n });
const log = pino({ level: 'silent' });

if (queue === 'rounds') {
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log });
  const jobs = await openJobs({ store, clock: store.time, log });
  jobs.handle(countJob, async ({ n }) => tell(n));
  await jobs.start();
} else {
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false });
  boss.on('error', () => process.exit(1));
  await boss.start();
  const options = {
    batchSize: 10,
    burstWhenBatchFull: true,
    perJobResults: true,
    pollingIntervalSeconds: 0.5,
  } as const;
  await boss.work<{ n: number }, unknown, typeof options>('count', options, async (batch) =>
    batch.map(({ id, data }) => {
      tell(data.n);
      return { id, status: 'completed' };
    }),
  );
}
process.send?.({ ready: true });

process.on('message', (ask) => {
  if (ask !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
