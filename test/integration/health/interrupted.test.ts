import { describe, expect, test } from 'vitest';
import type { HealthReport } from '../../../src/health/model.ts';
import { isUnavailable } from '../../../src/store/errors.ts';
import { all, every, final, healthOf, held, service, unhurried } from '../../support/health.ts';

/** Ok five minutes ago, and now it does not answer: what is said of it must not be that ok. */
async function okBefore() {
  const before = await healthOf([service('a').check]);
  await final(before.health.measure({ scope: all, signal: unhurried }));
  const slow = held('a');
  const after = await healthOf([slow.check, service('quick').check], { store: before.store });
  after.clock.move(60_000);
  return { ...after, slow };
}

describe('an interrupted sweep never passes the past off as now', () => {
  test('when the asker leaves, what was not measured is still pending', async () => {
    const { health, slow } = await okBefore();
    const asker = new AbortController();
    const reports = every(health.measure({ scope: all, signal: asker.signal }));
    await slow.begun;
    asker.abort();
    expect((await reports).at(-1)?.pending).toContain('a');
  });

  test('when Rounds stops, what was not measured is unknown, and none of it is saved', async () => {
    const { health, slow, store } = await okBefore();
    const reports: HealthReport[] = [];
    for await (const report of health.measure({ scope: all, signal: unhurried })) {
      reports.push(report);
      if (report.pending.length === 1) void health.stop();
    }
    expect(slow.runs()).toBe(1);
    const last = reports.at(-1);
    expect(last).toMatchObject({ verdict: 'unknown', pending: [], counts: { ok: 1, unknown: 1 } });
    expect(last?.checks[0]).toMatchObject({
      id: 'a',
      outcome: 'unknown',
      why: 'error',
      reason: 'not measured: Rounds is stopping',
    });
    const { rows } = await store.pool.query("select outcome from check_state where check_id = 'a'");
    expect(rows).toEqual([{ outcome: 'ok' }]);
  });

  test('when a sweep fails, what was not measured is unknown', async () => {
    const before = await healthOf([service('a').check]);
    await final(before.health.measure({ scope: all, signal: unhurried }));
    const slow = held('a');
    const { health, clock, log } = await healthOf([slow.check], { store: before.store });
    const { now } = clock;
    let report: HealthReport | undefined;
    for await (report of health.measure({ scope: all, signal: unhurried })) {
      if (report.pending.length === 0) continue;
      await slow.begun;
      clock.now = () => {
        clock.now = now;
        throw new Error('no time');
      };
      slow.release();
    }
    expect(report?.checks[0]).toMatchObject({
      outcome: 'unknown',
      reason: 'not measured: the sweep failed (see the log)',
    });
    expect(log.lines.map((line) => line.message)).toContain('a sweep failed unexpectedly');
  });
});

describe('what a regular run could not record is left to be measured again', () => {
  test('when the database refuses it', async () => {
    const failing = service('a');
    failing.state.status = 503;
    const { health } = await healthOf([failing.check, service('b').check], {
      onEvents: () => Promise.reject(new Error('no room')),
    });
    const errors: unknown[] = [];
    const left = await health.regular(['a', 'b'], { onUnsaved: (error) => void errors.push(error) });
    expect(left.sort()).toEqual(['a', 'b']);
    expect(errors).toMatchObject([{ message: 'no room' }]);
  });

  test('when the database does not answer while Rounds stops, which then waits no longer than usual', async () => {
    const failing = service('a');
    failing.state.status = 503;
    const saving = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const { health } = await healthOf([failing.check], {
      patienceMs: 250,
      onEvents: () => {
        saving.resolve();
        return answer.promise;
      },
    });
    const errors: unknown[] = [];
    const left = health.regular(['a'], { onUnsaved: (error) => void errors.push(error) });
    await saving.promise;
    await health.stop();
    answer.resolve();
    expect(await left).toEqual(['a']);
    expect(errors.map(isUnavailable)).toEqual([true]);
  });

  test('when the sweep fails', async () => {
    const slow = held('a');
    const { health, clock } = await healthOf([slow.check]);
    const left = health.regular(['a']);
    await slow.begun;
    const { now } = clock;
    clock.now = () => {
      clock.now = now;
      throw new Error('no time');
    };
    slow.release();
    await expect(left).resolves.toEqual(['a']);
  });
});

describe('who asks while others are being answered', () => {
  test('does not get a result from before they asked', async () => {
    const quick = service('quick');
    const slow = held('slow');
    const { health } = await healthOf([quick.check, slow.check]);
    const first = health.measure({ scope: all, signal: unhurried })[Symbol.asyncIterator]();
    let report = (await first.next()).value as HealthReport;
    while (report.pending.includes('quick')) report = (await first.next()).value as HealthReport;
    quick.state.status = 503;
    const second = await final(health.measure({ scope: { kind: 'check', id: 'quick' }, signal: unhurried }));
    expect(second.checks[0]).toMatchObject({ outcome: 'fail', facts: { status: 503 } });
    slow.release();
    await first.return?.();
  });

  test('does not wait for a regular run that may take long', async () => {
    const slow = held('a', { timeoutMs: 9_000, attempts: 10 });
    const { health } = await healthOf([slow.check], { limits: { concurrent: 9, perLane: 9, sweepDeadlineMs: 300 } });
    void health.regular(['a']);
    await slow.begun;
    const report = await final(health.measure({ scope: all, signal: unhurried }));
    expect(report.checks[0]).toMatchObject({
      outcome: 'unknown',
      reason: "not measured: the sweep's deadline of 300 ms passed",
    });
    expect(slow.runs()).toBe(2);
  });
});
