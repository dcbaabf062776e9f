// 66 checks of all types take as long as the slowest of them; the first sweep also loads what talks to AWS.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock as clock } from '../src/kernel/clock.ts';
import { openStore } from '../src/store/store.ts';
import { checkOf, healthOf, reportSuccess, startWorld } from '../test/support/every-type/world.ts';
import { median } from './support/child.ts';
import { printFigures } from './support/figure.ts';
import { sweep } from './support/health.ts';

const CHECKS = 66;
const SWEEPS = 9;
const log = pino({ level: 'silent' });
const dataDir = await mkdtemp(join(tmpdir(), 'rounds-bench-'));
const [world, store] = await Promise.all([startWorld(), openStore({ dataDir, log })]);

const types = Object.entries(world.checks);
const checks = Array.from({ length: CHECKS }, (_, index) => {
  const [type, served] = types[index % types.length]!;
  return checkOf(type, Math.floor(index / types.length), served);
});
for (let n = 0; n * types.length < CHECKS; n += 1) await reportSuccess(`heartbeat-${n}`, { store, clock });
const health = await healthOf(checks, { world, store, clock, log });

function megabytes(): string {
  globalThis.gc?.();
  return `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`;
}
/** One sweep, in which all must be ok: its time, and its slowest check. */
async function measured() {
  const { report, ms } = await sweep(health);
  const bad = report.checks.filter(({ outcome }) => outcome !== 'ok');
  if (bad.length > 0) throw new Error(bad.map(({ id, outcome, reason }) => `${id} ${outcome}: ${reason}`).join('\n'));
  const [slowest] = report.checks.toSorted((a, b) => b.duration_ms - a.duration_ms);
  return { ms, slowest: slowest!.type, slowestMs: slowest!.duration_ms };
}

const before = megabytes();
const first = await measured();
const after = megabytes();
const runs = [];
for (let run = 0; run < SWEEPS; run += 1) {
  // AWS's APIs are asked at a pace: what one sweep used up is there again.
  await wait(1_000);
  runs.push(await measured());
}
const atEnd = megabytes();
await health.stop();
await store.close();
await rm(dataDir, { recursive: true });
await world.stop();

const took = median(runs.map(({ ms }) => ms));
const slowestMs = median(runs.map((run) => run.slowestMs));
const slowest = [...new Set(runs.map((run) => run.slowest))].join(' or ');
printFigures([
  {
    name: `${CHECKS} checks of ${types.length} types, all ok`,
    measured: `${took.toFixed(0)} ms`,
    reference: `1.05 × the slowest check (${slowest}, ${slowestMs} ms) + 50 ms`,
    ratio: took / (1.05 * slowestMs + 50),
  },
]);
const memory = `${before} resident before it, ${after} after, ${atEnd} ${SWEEPS} sweeps later`;
process.stdout.write(
  `               the first sweep, which loads what talks to AWS: ${first.ms.toFixed(0)} ms; ${memory}\n`,
);
