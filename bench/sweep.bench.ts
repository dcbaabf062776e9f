// A sweep takes as long as its slowest check, also when some hang.
import { median, startChild } from './support/child.ts';
import { printFigures } from './support/figure.ts';
import { healthOf, sweep } from './support/health.ts';

const targets = await startChild<number>('targets.ts');
const url = (path: string) => ({ http: { url: `http://127.0.0.1:${targets.hello}${path}` } });

const mixed = Array.from({ length: 66 }, (_, index) => ({
  id: `c${index}`,
  ...url(`/after/${index === 0 ? 400 : 5 * (index % 40)}`),
}));
const healthy = await healthOf(mixed);
await sweep(healthy);
const runs = [];
for (let run = 0; run < 9; run += 1) runs.push(await sweep(healthy));
if (runs.some(({ report }) => report.verdict !== 'ok')) throw new Error('a healthy check was not ok');
const slowest = median(runs.map(({ report }) => Math.max(...report.checks.map((check) => check.duration_ms))));
const took = median(runs.map(({ ms }) => ms));
await healthy.close();

const some = Array.from({ length: 200 }, (_, index) => ({
  id: `c${index}`,
  timeout: '10s',
  ...url(index % 10 ? '/ok' : '/hang'),
}));
const hanging = await healthOf(some, { sweep_deadline: '3s' });
await sweep(hanging);
const { report, ms } = await sweep(hanging);
await hanging.close();
targets.stop();
const { ok, unknown } = report.counts;
if (ok !== 180 || unknown !== 20)
  throw new Error(`expected 180 ok and 20 unknown, got ${JSON.stringify(report.counts)}`);

printFigures([
  {
    name: '66 healthy checks',
    measured: `${took.toFixed(0)} ms`,
    reference: `1.05 × the slowest check (${slowest} ms) + 50 ms`,
    ratio: took / (1.05 * slowest + 50),
  },
  {
    name: '200 checks, 20 of them hang',
    measured: `${ms.toFixed(0)} ms, 180 ok and 20 unknown`,
    reference: 'its deadline of 3,000 ms + 250 ms',
    ratio: ms / 3250,
  },
]);
