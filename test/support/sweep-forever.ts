import { createHealth } from '../../src/health/health.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openStore } from '../../src/store/store.ts';
import { checkOf, opsOf } from './checks.ts';
import { memoryLog } from './memory-log.ts';

// A process for tests to kill: it sweeps 50 checks on DATABASE_URL without end and prints a line after each sweep.
const log = memoryLog();
const store = await openStore({ databaseUrl: process.env.DATABASE_URL, dataDir: '/', log });
let round = 0;
const checks = Array.from({ length: 50 }, (_, n) => checkOf(async () => ({ facts: { round } }), { id: `c${n}` }));
const health = createHealth({ ops: opsOf(checks), store, clock: systemClock, log, reveal: String });
for (;;) {
  round += 1;
  for await (const report of health.measure({ scope: { kind: 'all' }, signal: new AbortController().signal })) {
    if (report.pending.length === 0) process.stdout.write(`${round}\n`);
  }
}
