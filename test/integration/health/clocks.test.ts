import { expect, test } from 'vitest';
import { MovableClock } from '../../../src/kernel/movable-clock.ts';
import { testClock } from '../../support/checks.ts';
import { all, final, healthOf, service, unhurried } from '../../support/health.ts';
import { embeddedStore } from '../../support/store.ts';

const dayMs = 86_400_000;

test('after a clock was a day ahead, the next measurement counts and is kept', async () => {
  const { state, check } = service('a');
  const { health, clock, store } = await healthOf([check]);
  clock.move(dayMs);
  await final(health.measure({ scope: all, signal: unhurried }));
  clock.move(-dayMs);
  expect((await health.last(all)).checks[0]).toMatchObject({ outcome: 'stale', since: clock.now() });
  state.status = 503;
  const report = await final(health.measure({ scope: all, signal: unhurried }));
  expect(report.verdict).toBe('fail');
  expect((await health.details('a')).report).toMatchObject({ outcome: 'fail', since: clock.now() });
  const after = await healthOf([check], { store, clock });
  expect((await after.health.last(all)).verdict).toBe('fail');
});

test('a replica that is ahead does not hide what another measures', async () => {
  const { state, check } = service('a');
  const ahead = await healthOf([check], { clock: testClock('2026-11-23T09:03:00Z') });
  const right = await healthOf([check], { store: ahead.store });
  await final(ahead.health.measure({ scope: all, signal: unhurried }));
  state.status = 503;
  await final(right.health.measure({ scope: all, signal: unhurried }));
  const { report, transitions } = await right.health.details('a');
  expect(report.outcome).toBe('fail');
  expect(transitions).toContainEqual(expect.objectContaining({ from: 'ok', to: 'fail' }));
  expect((await ahead.health.last(all)).verdict).toBe('fail');
});

test('details show the report that was just measured, also when the database did not take it', async () => {
  const store = await embeddedStore();
  const { state, check } = service('a');
  const { health, clock } = await healthOf([check], { store });
  await final(health.measure({ scope: all, signal: unhurried }));
  state.status = 503;
  const measured = await final(health.measure({ scope: all, signal: unhurried }));
  state.status = 200;
  const other = await healthOf([check], { store, clock });
  await final(other.health.measure({ scope: all, signal: unhurried }));
  expect((await health.details('a', measured)).report).toEqual(measured.checks[0]);
  expect((await health.details('a')).report.outcome).toBe('ok');
  await store.close();
  state.status = 500;
  await final(health.measure({ scope: all, signal: unhurried }));
  expect((await health.details('a')).report).toMatchObject({ outcome: 'fail', facts: { status: 500 } });
});

test('nothing goes stale because somebody moves the clock on: only what is not measured then', async () => {
  const base = testClock();
  const moved = new MovableClock(base);
  const clock = Object.assign(moved, { move: base.move });
  const { check } = service('a');
  const { health } = await healthOf([check], { clock });
  await final(health.measure({ scope: all, signal: unhurried }));
  clock.leapTo(new Date(clock.now().getTime() + dayMs));
  expect((await health.last(all)).verdict).toBe('ok');
  clock.setSpeed(600);
  base.move(5_000);
  expect((await health.last(all)).verdict).toBe('ok');
  base.move(check.staleAfterMs);
  expect((await health.last(all)).checks[0]).toMatchObject({ outcome: 'stale' });
});

test('a rule that must hold fires at a clock that runs fast, too', async () => {
  const base = testClock();
  const clock = Object.assign(new MovableClock(base), { move: base.move });
  const { state, check } = service('a', { heldForMs: 300_000, everyMs: 60_000 });
  const { health } = await healthOf([check], { clock });
  const look = async () => (await final(health.measure({ scope: all, signal: unhurried }))).verdict;
  state.status = 503;
  clock.setSpeed(600);
  expect(await look()).toBe('ok');
  base.move(2_000);
  expect(await look()).toBe('fail');
});
