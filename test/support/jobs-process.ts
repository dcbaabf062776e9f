import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { openJobs } from '../../src/jobs/open.ts';
import { openStore } from '../../src/store/store.ts';
import { numbered } from './jobs.ts';
import { memoryLog } from './memory-log.ts';

// A process that carries out jobs of a PostgreSQL server until it is killed: `node jobs-process.ts URL PACE`, PACE in JSON.
// `process.note` writes a row; `process.hang` says that it begun and goes on until it is told to stop.
const [databaseUrl = '', pace = '{}'] = process.argv.slice(2);
const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

export const noteJob = numbered('process.note', { retry: { limit: 5, firstMs: 50, maxMs: 500 } });
export const hangJob = numbered('process.hang');

if (import.meta.main) {
  const log = memoryLog();
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log });
  const jobs = await openJobs({
    store,
    clock: store.time,
    log,
    watch: { finished: (job) => say({ said: 'finished', ...job }) },
    pace: JSON.parse(pace),
  });
  jobs.handle(noteJob, async ({ n }, { id }) => {
    await store.pool.query('insert into effect (n, job, by) values ($1, $2, $3)', [n, id, String(process.pid)]);
  });
  jobs.handle(hangJob, async ({ n }, { attempt, signal, stillMine }) => {
    say({ said: 'begun', n, attempt });
    if (!signal.aborted) await once(signal, 'abort');
    say({ said: 'aborted', why: signal.reason.message, mine: await stillMine() });
  });
  await jobs.start();
  say({ said: 'open' });
}
