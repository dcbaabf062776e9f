import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import { checkTypes } from '../../../src/registry.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkOf, healthOf, reportSuccess, startWorld } from '../../support/every-type/world.ts';
import { all, final, unhurried } from '../../support/health.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

let world: Awaited<ReturnType<typeof startWorld>>;
let store: Store;
beforeAll(async () => {
  [world, store] = await Promise.all([startWorld(), embeddedStore()]);
});
afterAll(() => world.stop());

/** One sweep over a check of every type: type → its outcome, with the reason unless it is the one expected. */
async function sweep(expected: (type: string) => string, clock = systemClock) {
  const log = memoryLog();
  const checks = Object.entries(world.checks).map(([type, served]) => checkOf(type, 0, served));
  const health = await healthOf(checks, { world, store, clock, log });
  onTestFinished(() => health.stop());
  const report = await final(health.measure({ scope: all, signal: unhurried }));
  expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  return Object.fromEntries(
    report.checks.map(({ type, outcome, reason }) => [
      type,
      outcome === expected(type) ? outcome : `${outcome}: ${reason}`,
    ]),
  );
}

const mapped = (types: string[], outcome: (type: string) => string) =>
  Object.fromEntries(types.map((type) => [type, outcome(type)]));

describe('a check of every type', () => {
  test('there is a target for each that is registered', async () => {
    const registered = (await checkTypes()).map(({ type }) => type);
    expect(Object.keys(world.checks).sort()).toEqual(registered.sort());
  });

  test('all are ok in one sweep while their targets are well', async () => {
    await reportSuccess('heartbeat-0', { store, clock: systemClock });
    const ok = () => 'ok';
    expect(await sweep(ok)).toEqual(mapped(Object.keys(world.checks), ok));
  });

  test('none is once they are gone: what is down fails, what could not be asked is unknown', async () => {
    await world.stop();
    // The job that reports is silent since.
    const dayAfterTomorrow = { now: () => new Date(Date.now() + 48 * 3_600_000) };
    const gone = (type: string) => world.checks[type]!.gone;
    expect(await sweep(gone, dayAfterTomorrow)).toEqual(mapped(Object.keys(world.checks), gone));
  });
});
