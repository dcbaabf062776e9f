import { createHealth } from '../../src/health/health.ts';
import { openStore } from '../../src/store/store.ts';
import { checkOf, opsOf } from './checks.ts';
import { memoryLog } from './memory-log.ts';

// A process for tests to kill: it mutes and unmutes a check on DATABASE_URL without end and prints a line after each.
const log = memoryLog();
const store = await openStore({ databaseUrl: process.env.DATABASE_URL, dataDir: '/', log });
const ops = opsOf([checkOf(async () => ({ facts: {} }))]);
const health = createHealth({ ops, store, clock: store.time, log, reveal: String });
const asker = { actor: { id: 'os:anna', name: 'anna', mention: 'anna' }, request: 'ABC123' };
for (;;) {
  const { silence } = await health.muteCheck(asker, { checkId: 'a', forMs: 60_000 });
  process.stdout.write('muted\n');
  await health.endSilence(asker, silence.id);
  process.stdout.write('ended\n');
}
