import { createAlerts } from '../../src/alerts/alerts.ts';
import { openJobs } from '../../src/jobs/open.ts';
import { openStore } from '../../src/store/store.ts';
import { opsOf } from './checks.ts';
import { memoryLog } from './memory-log.ts';
import { slackPort, telling } from './slack-port.ts';

// A process for tests: a replica that delivers alerts of DATABASE_URL to SLACK_API_URL. At the point DIE_AT it kills itself
// as kill -9 does. It prints `ready`, and ends in order when its input does.
const { DATABASE_URL, SLACK_API_URL = '', SLACK_BOT_TOKEN = '', DIE_AT } = process.env;
const log = memoryLog();
const store = await openStore({ databaseUrl: DATABASE_URL, dataDir: '/', log });
const pace = { pollMs: 20, heartbeatMs: 200, leaseMs: 1_000 };
const jobs = await openJobs({ store, clock: store.time, log, pace });
const ops = opsOf([], { slack: { alerts: '#alerts' } });
const stopped = new AbortController();
const port = telling((point) => {
  if (point === DIE_AT) process.kill(process.pid, 'SIGKILL');
})(slackPort({ botToken: SLACK_BOT_TOKEN, apiUrl: SLACK_API_URL }, stopped));
createAlerts({ ops, store, jobs, clock: store.time, log }).register(jobs, port);
await jobs.start();
process.stdout.write('ready\n');
process.stdin.resume().on('end', async () => {
  await jobs.stop(1_000);
  stopped.abort();
  await store.close();
});
