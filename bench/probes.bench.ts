// 1,000 HTTP checks: CPU a check, beside a bare undici loop, and memory over 20 sweeps.
import { Agent, request } from 'undici';
import { cpuOf, median, startChild } from './support/child.ts';
import { printFigures } from './support/figure.ts';
import { healthOf, sweep } from './support/health.ts';

const CHECKS = 1000;
const SWEEPS = 20;
const targets = await startChild<number>('targets.ts');
const url = `http://127.0.0.1:${targets.hello}/ok`;
const health = await healthOf(Array.from({ length: CHECKS }, (_, index) => ({ id: `c${index}`, http: { url } })));

const agent = new Agent({ pipelining: 0, connections: 64 });
async function bare(): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < CHECKS) {
      next += 1;
      const { body } = await request(url, { dispatcher: agent, reset: true });
      await body.json();
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

// A bot runs for days: both sides are measured once the engine has compiled what is hot.
const WARM_UP = 20;
const ours: number[] = [];
const heap: number[] = [];
for (let run = 0; run < WARM_UP + SWEEPS; run += 1) {
  const { result, cpu } = await cpuOf(() => sweep(health));
  if (result.report.counts.ok !== CHECKS) throw new Error(`not all ok: ${JSON.stringify(result.report.counts)}`);
  if (run >= WARM_UP) ours.push(CHECKS / cpu);
  // A forced collection throws compiled code away too, so only at both ends.
  if (run === WARM_UP || run === WARM_UP + SWEEPS - 1) {
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed / 1e6);
  }
}
const theirs: number[] = [];
for (let run = 0; run < WARM_UP + SWEEPS; run += 1) {
  const { cpu } = await cpuOf(bare);
  if (run >= WARM_UP) theirs.push(CHECKS / cpu);
}
await agent.close();
await health.close();
targets.stop();
const rate = median(ours);
const [first = 0, last = 0] = heap;
printFigures([
  {
    name: `${CHECKS} HTTP checks, judged and recorded`,
    measured: `${rate.toFixed(0)} checks per CPU-second`,
    reference: `2,500 wanted; a bare undici loop does ${median(theirs).toFixed(0)} (ours / bare ${(rate / median(theirs)).toFixed(2)})`,
    ratio: 2500 / rate,
  },
  {
    name: `heap over ${SWEEPS} sweeps`,
    measured: `${last.toFixed(1)} MB after the last`,
    reference: `${first.toFixed(1)} MB after the first (+5 % allowed)`,
    ratio: last / (first * 1.05),
  },
]);
