import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { compileCondition } from '../../src/conditions/compile.ts';
import { parseOps } from '../../src/config/load.ts';
import type { Ops } from '../../src/config/model.ts';
import { createHealth, type Health } from '../../src/health/health.ts';
import type { HealthReport } from '../../src/health/model.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { checkTypes } from '../../src/registry.ts';
import { openStore, type Store } from '../../src/store/store.ts';

/** Health over an ops.yml of these checks, with an embedded database in a folder of its own. */
export async function healthOf(
  checks: unknown[],
  limits: Record<string, unknown> = {},
  groups: Record<string, unknown> = {},
): Promise<Health & { ops: Ops; store: Store; close(): Promise<void> }> {
  const text = JSON.stringify({
    version: 1,
    defaults: { every: '5m', timeout: '5s', attempts: 1 },
    limits,
    groups,
    checks,
  });
  const ops = parseOps(text, 'bench.yml', { checkTypes: await checkTypes(), compile: compileCondition, env: {} });
  const log = pino({ level: 'silent' });
  const dataDir = await mkdtemp(join(tmpdir(), 'rounds-bench-'));
  const store = await openStore({ dataDir, log });
  const reveal = (value: unknown) => String(value);
  const health = createHealth({ ops, store, clock: systemClock, log, reveal });
  return {
    ...health,
    ...{ ops, store },
    async close() {
      await health.stop();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One sweep of everything, as `/ops health` makes it: its last report and wall time in ms. */
export async function sweep(health: Health): Promise<{ report: HealthReport; ms: number }> {
  const started = performance.now();
  let last: HealthReport | undefined;
  for await (const report of health.measure({ scope: { kind: 'all' }, signal: new AbortController().signal }))
    last = report;
  if (!last) throw new Error('no report');
  return { report: last, ms: performance.now() - started };
}
