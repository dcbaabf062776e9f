import { describe, expect, onTestFinished, test } from 'vitest';
import { counterRate } from '../../../src/checks/facts/rate.ts';
import type { HealthReport } from '../../../src/health/model.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { openStore } from '../../../src/store/store.ts';
import { checkOf, condition, type Run } from '../../support/checks.ts';
import { all, bad, every, final, healthOf, held, service, unhurried } from '../../support/health.ts';
import { conditionsOf } from '../../support/judging.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { startPostgres } from '../../support/postgres.ts';

describe('measure', () => {
  test('first what is known, then what was measured, worst first', async () => {
    const [a, b] = [service('a'), service('b')];
    b.state.status = 503;
    const { health } = await healthOf([a.check, b.check]);
    const reports = await every(health.measure({ scope: all, signal: unhurried }));
    expect(reports[0]).toMatchObject({ verdict: 'unknown', pending: ['a', 'b'] });
    expect(reports[0]?.checks[0]?.reason).toContain('not measured yet');
    expect(reports.at(-1)).toMatchObject({ verdict: 'fail', pending: [], counts: { ok: 1, fail: 1 } });
    expect(reports.at(-1)?.checks.map((check) => check.id)).toEqual(['b', 'a']);
    expect(reports.at(-1)).not.toHaveProperty('warnings');
  });

  test('the last results come at once, while the fresh ones are measured', async () => {
    const before = await healthOf([service('a').check]);
    await final(before.health.measure({ scope: all, signal: unhurried }));
    const slow = held('a');
    const after = await healthOf([slow.check], { store: before.store });
    after.clock.move(60_000);
    const asker = new AbortController();
    for await (const report of after.health.measure({ scope: all, signal: asker.signal })) {
      expect(report).toMatchObject({ verdict: 'ok', pending: ['a'], started_at: new Date('2026-11-23T09:00:00Z') });
      asker.abort();
    }
    expect(slow.runs()).toBe(1);
  });

  test('results show as they arrive', async () => {
    const slow = held('slow');
    const { health } = await healthOf([slow.check, service('quick').check]);
    const pending: string[][] = [];
    for await (const report of health.measure({ scope: all, signal: unhurried })) {
      pending.push(report.pending);
      if (report.pending.length === 1) slow.release();
    }
    expect(pending).toContainEqual(['slow']);
    expect(pending.at(-1)).toEqual([]);
  });

  test('people who ask at the same time share one sweep, also for a part of it', async () => {
    const one = held('one', { group: 'x' });
    const two = service('two', { group: 'y' });
    const { health } = await healthOf([one.check, two.check]);
    const asked = [
      final(health.measure({ scope: all, signal: unhurried })),
      final(health.measure({ scope: all, signal: unhurried })),
      final(health.measure({ scope: { kind: 'group', id: 'x' }, signal: unhurried })),
      final(health.measure({ scope: { kind: 'check', id: 'two' }, signal: unhurried })),
    ];
    await one.begun;
    one.release();
    const reports = await Promise.all(asked);
    expect(reports.map((report) => report.checks.map((check) => check.id).sort())).toEqual([
      ['one', 'two'],
      ['one', 'two'],
      ['one'],
      ['two'],
    ]);
    expect([one.runs(), two.state.runs]).toEqual([1, 1]);
    await final(health.measure({ scope: all, signal: unhurried }));
    expect(two.state.runs).toBe(2);
  });

  test('the sweep goes on while one asker stays, and is aborted with the last', async () => {
    const slow = held('slow');
    const { health } = await healthOf([slow.check]);
    const leavers = [new AbortController(), new AbortController()];
    const asked = leavers.map(({ signal }) => every(health.measure({ scope: all, signal })));
    const signal = await slow.begun;
    leavers[0]?.abort();
    const left = await asked[0];
    expect(left?.every((report) => report.pending.length > 0)).toBe(true);
    expect(signal.aborted).toBe(false);
    leavers[1]?.abort();
    await asked[1];
    expect(signal.aborted).toBe(true);
  });

  test('slow and rare checks are not run on demand: their last result is shown, stale when it is old', async () => {
    const slow = service('slow', { timeoutMs: 600_000, everyMs: 60_000, staleAfterMs: 180_000 });
    const rare = service('rare', { everyMs: 3_600_000 });
    const { health } = await healthOf([slow.check, rare.check]);
    const reports = await every(health.measure({ scope: all, signal: unhurried }));
    expect(reports).toHaveLength(1);
    expect(reports[0]?.checks.map((check) => check.outcome)).toEqual(['unknown', 'unknown']);
    expect([slow.state.runs, rare.state.runs]).toEqual([0, 0]);
  });

  test('an unknown group or check is not found', async () => {
    const { health } = await healthOf([service('a').check]);
    await expect(final(health.measure({ scope: { kind: 'group', id: 'no' }, signal: unhurried }))).rejects.toThrow(
      OpsError,
    );
    await expect(health.details('no')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a check that depends on one that is down is blocked, also when its parent is not asked for', async () => {
    const parent = service('parent', { group: 'p' });
    const child = service('child', { group: 'c', dependsOn: ['parent'] });
    parent.state.status = child.state.status = 500;
    const { health } = await healthOf([parent.check, child.check]);
    const both = await final(health.measure({ scope: all, signal: unhurried }));
    expect(both.counts).toMatchObject({ fail: 1, blocked: 1 });
    const alone = await final(health.measure({ scope: { kind: 'group', id: 'c' }, signal: unhurried }));
    expect(alone.checks.map((check) => [check.id, check.outcome])).toEqual([['child', 'blocked']]);
    parent.state.status = 200;
    await final(health.measure({ scope: { kind: 'check', id: 'parent' }, signal: unhurried }));
    expect((await health.last({ kind: 'check', id: 'child' })).checks[0]?.outcome).toBe('fail');
  });

  test('maintenance mutes what it runs, and skips what it says to skip', async () => {
    const muted = service('muted', { group: 'm' });
    const skipped = service('skipped', { group: 's' });
    muted.state.status = skipped.state.status = 500;
    const window = { cron: '0 9 * * *', zone: 'UTC', forMs: 1_800_000 };
    const { health, clock } = await healthOf([muted.check, skipped.check], {
      maintenance: [
        { ...window, id: 'patch', match: { group: 'm' }, mode: 'mute' },
        { ...window, id: 'move', match: { group: 's' }, mode: 'skip' },
      ],
    });
    clock.move(60_000);
    const during = await final(health.measure({ scope: all, signal: unhurried }));
    expect(during.checks.map((check) => check.outcome)).toEqual(['muted', 'muted']);
    expect(during.checks[0]?.reason).toContain('09:30');
    expect([muted.state.runs, skipped.state.runs]).toEqual([1, 0]);
    clock.move(1_800_000);
    const after = await final(health.measure({ scope: all, signal: unhurried }));
    expect(after.checks.map((check) => check.outcome)).toEqual(['fail', 'fail']);
    expect((await health.details('muted')).uptime.day).toBe(0);
  });

  test('hysteresis and since survive a restart', async () => {
    const latency = { ms: 600 };
    const check = checkOf(async () => ({ facts: { ms: latency.ms } }), {
      warn: [condition('ms > 500', (facts) => Number(facts.ms) > 500)],
      clear: [condition('ms < 400', (facts) => Number(facts.ms) < 400)],
    });
    const before = await healthOf([check]);
    expect((await final(before.health.measure({ scope: all, signal: unhurried }))).verdict).toBe('warn');
    await before.health.stop();
    latency.ms = 450;
    const after = await healthOf([check], { store: before.store });
    after.clock.move(120_000);
    const report = await final(after.health.measure({ scope: all, signal: unhurried }));
    expect(report.verdict).toBe('warn');
    expect(report.checks[0]?.since).toEqual(new Date('2026-11-23T09:00:00Z'));
    latency.ms = 300;
    expect((await final(after.health.measure({ scope: all, signal: unhurried }))).verdict).toBe('ok');
  });

  test('a rate has its previous sample, also after a restart', async () => {
    const check = checkOf(
      async ({ previous }) => ({ facts: { status: 200, before: previous?.facts.status ?? null } }),
      {
        fail: bad,
      },
    );
    const before = await healthOf([check]);
    const first = await final(before.health.measure({ scope: all, signal: unhurried }));
    expect(first.checks[0]?.facts.before).toBeNull();
    const after = await healthOf([check], { store: before.store });
    after.clock.move(60_000);
    const second = await final(after.health.measure({ scope: all, signal: unhurried }));
    expect(second.checks[0]?.facts.before).toBe(200);
  });

  test('held_for looks at what was measured before', async () => {
    const check = checkOf(async () => ({ facts: { status: 500 } }), { fail: bad, heldForMs: 120_000, everyMs: 60_000 });
    const { health, clock } = await healthOf([check]);
    const outcomes: (string | undefined)[] = [];
    for (let minute = 0; minute < 3; minute += 1) {
      outcomes.push((await final(health.measure({ scope: all, signal: unhurried }))).checks[0]?.outcome);
      clock.move(60_000);
    }
    expect(outcomes).toEqual(['ok', 'ok', 'fail']);
  });

  test('large facts are judged whole and kept cut, with a note', async () => {
    const check = checkOf(async () => ({ facts: { body: `${'x'.repeat(200_000)}ERROR` } }), {
      fail: [condition("body.contains('ERROR')", (facts) => String(facts.body).includes('ERROR'))],
    });
    const { health } = await healthOf([check]);
    const [report] = (await final(health.measure({ scope: all, signal: unhurried }))).checks;
    expect(report?.outcome).toBe('fail');
    expect(String(report?.facts.body).length).toBeLessThan(1_100);
    expect(report?.notes).toContain('too large to keep whole: body');
  });

  test('value, limit and rule are cut to 1 KB in the report and where it is stored', async () => {
    const items = Array.from({ length: 60_000 }, (_, n) => `item${n}`);
    const [listed] = conditionsOf([`json.items != ['${'x'.repeat(3_000)}']`], { json: { type: 'json', help: 'body' } });
    const check = checkOf(async () => ({ facts: { json: { items } } }), { fail: [listed!] });
    const { health, store } = await healthOf([check]);
    const [report] = (await final(health.measure({ scope: all, signal: unhurried }))).checks;
    expect(report?.outcome).toBe('fail');
    const { rows } = await store.pool.query('select report from check_state');
    for (const each of [report, rows[0].report]) {
      for (const name of ['rule', 'value', 'limit'] as const) {
        expect(JSON.stringify(each[name]).length).toBeGreaterThan(500);
        expect(Buffer.byteLength(JSON.stringify(each[name]))).toBeLessThanOrEqual(1_024);
      }
    }
  });

  test('a rate after an outage waits for its second sample, and is not unknown', async () => {
    const counter = { logins: 100 as number | undefined };
    const run: Run = async ({ previous, clock }) => {
      const now = clock.now();
      const rate = counterRate('logins', counter.logins ?? null, { previous, now, unitMs: 60_000 });
      return { facts: { ...(counter.logins !== undefined && { logins: counter.logins }), logins_per_min: rate } };
    };
    const specs: FactSpecs = {
      logins: { type: 'number', help: 'counter' },
      logins_per_min: { type: 'number', help: 'rate', rate: true },
    };
    const { definition } = checkOf(run);
    const warn = conditionsOf(['logins_per_min > 50'], specs);
    const check = checkOf(run, { warn, definition: { ...definition, facts: () => specs } });
    const { health, clock } = await healthOf([check]);
    const seen: unknown[] = [];
    for (const [logins, waitMs] of [
      [100, 60_000],
      [200, 1_000],
      [250, 59_000],
      [undefined, 60_000],
      [400, 60_000],
      [500, 60_000],
      [5, 60_000],
      [105, 60_000],
    ] as const) {
      counter.logins = logins;
      const [report] = (await final(health.measure({ scope: all, signal: unhurried }))).checks;
      const rate = report?.facts.logins_per_min;
      seen.push([report?.outcome, rate === undefined ? null : Math.round(Number(rate))]);
      clock.move(waitMs);
    }
    expect(seen).toEqual([
      ['ok', null],
      ['warn', 100],
      ['warn', 148],
      ['unknown', null],
      ['ok', null],
      ['warn', 100],
      ['ok', null],
      ['warn', 100],
    ]);
  });

  test('a rule that throws makes its check unknown and nothing else', async () => {
    const broken = checkOf(async () => ({ facts: {} }), {
      id: 'broken',
      warn: [
        condition('boom', () => {
          throw new Error('boom');
        }),
      ],
    });
    const { health, log } = await healthOf([broken, service('fine').check]);
    const report = await final(health.measure({ scope: all, signal: unhurried }));
    expect(report.checks.map((check) => [check.id, check.outcome])).toEqual([
      ['broken', 'unknown'],
      ['fine', 'ok'],
    ]);
    expect(log.lines.map((line) => line.message)).toContain('a result could not be judged');
  });

  test('every finished sweep is told, with all checks', async () => {
    const told: HealthReport[] = [];
    const onSweep = (report: HealthReport) => told.push(report);
    const { health } = await healthOf([service('a').check, service('b', { group: 'other' }).check], { onSweep });
    await final(health.measure({ scope: { kind: 'check', id: 'a' }, signal: unhurried }));
    expect(told.map((report) => report.checks.map((check) => [check.id, check.outcome]))).toEqual([
      [
        ['b', 'unknown'],
        ['a', 'ok'],
      ],
    ]);
  });
});

describe('details', () => {
  test('a check with its past', async () => {
    const { state, check } = service('a');
    const { health, clock } = await healthOf([check]);
    await final(health.measure({ scope: all, signal: unhurried }));
    clock.move(60_000);
    state.status = 503;
    await final(health.measure({ scope: all, signal: unhurried }));
    clock.move(60_000);
    const details = await health.details('a');
    expect(details.report).toMatchObject({ id: 'a', outcome: 'fail', facts: { status: 503 } });
    expect(details.asks).toBe('the probe of a test');
    expect(details.transitions.map(({ from, to }) => [from, to])).toEqual([
      ['ok', 'fail'],
      [null, 'ok'],
    ]);
    expect(details.uptime).toEqual({ day: 50, month: 50, since: expect.any(Date) });
    expect(details.strip.at(-1)).toBe('fail');
    expect(details.units).toEqual({ latency_ms: 'ms' });
  });
});

describe('stop', () => {
  test('aborts what is measured, waits for it, records none of it', async () => {
    const slow = held('slow');
    const { health, store } = await healthOf([slow.check]);
    const asked = final(health.measure({ scope: all, signal: unhurried }));
    const signal = await slow.begun;
    await health.stop();
    expect(signal.aborted).toBe(true);
    const report = await asked;
    expect(report.verdict).toBe('unknown');
    expect(report.warnings).toEqual(['stopped: 1 of 1 not measured']);
    const { rows } = await store.pool.query('select count(*) as n from check_result');
    expect(rows[0].n).toBe(0);
    await expect(final(health.measure({ scope: all, signal: unhurried }))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('a database that fails in flight', () => {
  test.each(['kill', 'pause'] as const)(
    '%s: the answer still comes, with a warning, and all is well afterwards',
    async (fault) => {
      const postgres = await startPostgres();
      const store = await openStore({ databaseUrl: await postgres.createDatabase(), dataDir: '/', log: memoryLog() });
      onTestFinished(async () => {
        await postgres.stop();
        await store.close();
      });
      const { state, check } = service('a');
      const { health, clock } = await healthOf([check], { store, patienceMs: 1_000 });
      await final(health.measure({ scope: all, signal: unhurried }));
      await postgres[fault]();
      clock.move(60_000);
      state.status = 500;
      const report = await final(health.measure({ scope: all, signal: unhurried }));
      expect(report.verdict).toBe('fail');
      expect(report.warnings?.join()).toMatch(/history not saved: the database (is unreachable|did not answer)/);
      const details = await health.details('a');
      expect(details.report.outcome).toBe('fail');
      expect(details.transitions).toEqual([]);
      if (fault === 'kill') await postgres.restart();
      else postgres.resume();
      clock.move(60_000);
      await expect
        .poll(async () => (await final(health.measure({ scope: all, signal: unhurried }))).warnings, {
          timeout: 20_000,
        })
        .toBeUndefined();
      expect((await health.details('a')).transitions[0]?.to).toBe('fail');
    },
  );
});
