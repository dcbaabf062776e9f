import { expect, it } from 'vitest';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { Check, Ops } from '../../../src/config/model.ts';
import { Unmeasured } from '../../../src/kernel/check.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import type { ShadowReport } from '../../../src/shadow/model.ts';
import { runShadow } from '../../../src/shadow/run.ts';
import { suggestionsFor } from '../../../src/shadow/suggest.ts';
import { shadowJson } from '../../../src/shadow/views/json.ts';
import { shadowText } from '../../../src/shadow/views/text.ts';
import { checkOf, opsOf, testClock } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
const specs = { latency_ms: { type: 'number', help: 'how long it took', unit: 'ms' } } as const;
const rule = (when: string) => {
  const compiled = compileCondition({ when }, specs);
  if (!compiled.ok) throw new Error(compiled.problem.found);
  return [compiled.condition];
};

/** Begins at nine o'clock; a check's latency is a matter of the minute since then. */
async function played(
  checks: (clock: ReturnType<typeof testClock>) => Check[],
  over: Partial<Ops> & { forMs?: number; signal?: AbortSignal; onMoment?: (at: Date) => void } = {},
): Promise<ShadowReport & { log: ReturnType<typeof memoryLog>; events: string[] }> {
  const { forMs = 24 * hour, signal = new AbortController().signal, onMoment, ...ops } = over;
  const clock = testClock('2026-11-23T09:00:00Z');
  const log = memoryLog();
  const events: string[] = [];
  const report = await runShadow({
    ops: opsOf(checks(clock), { slack: { alerts: '#alerts' }, ...ops }),
    ...{ store: await embeddedStore(), clock, log, reveal: String, forMs, signal },
    onEvent: ({ event, checkId }) => events.push(`${checkId} ${event}`),
    async waitUntil(moment, idle) {
      await idle();
      onMoment?.(moment);
      if (!signal.aborted) clock.move(moment.getTime() - clock.now().getTime());
    },
  });
  return { ...report, log, events };
}

/** Every five minutes, told after two bad of three, over after two good. */
function latency(
  id: string,
  clock: ReturnType<typeof testClock>,
  of: (minutes: number) => number,
  over: Partial<Check> = {},
) {
  const begun = clock.now().getTime();
  const run = async () => ({ facts: { latency_ms: of(Math.floor((clock.now().getTime() - begun) / minute)) } });
  return checkOf(run, {
    id,
    everyMs: 5 * minute,
    openAfter: { hits: 2, of: 3 },
    closeAfter: 2,
    fail: rule('latency_ms > 500'),
    ...over,
  });
}

const at = (time: string, day = '23') => new Date(`2026-11-${day}T${time}Z`);

it('a day in seconds: what would have opened and closed, when, and by which rule', async () => {
  // Slow from 10:00 to 10:29, from 15:00 for a single result, and from eight in the morning on.
  const slow = (m: number) => (m >= 60 && m < 90) || (m >= 360 && m < 365) || m >= 23 * 60;
  const report = await played((clock) => [
    latency('api', clock, (m) => (slow(m) ? 900 : 100)),
    latency('web', clock, () => 100),
  ]);
  expect(report.alerts).toEqual([
    {
      ...{
        check: 'api',
        group: 'g',
        worst: 'fail',
        rule: 'latency_ms > 500',
        reason: 'latency_ms 900 ms (limit 500 ms)',
      },
      ...{ beganAt: at('10:00:00'), openedAt: at('10:05:00'), closedAt: at('10:30:00'), lastedMs: 30 * minute },
    },
    {
      ...{
        check: 'api',
        group: 'g',
        worst: 'fail',
        rule: 'latency_ms > 500',
        reason: 'latency_ms 900 ms (limit 500 ms)',
      },
      ...{ beganAt: at('08:00:00', '24'), openedAt: at('08:05:00', '24'), closedAt: undefined, lastedMs: hour },
    },
  ]);
  // 09:00:05, then each five minutes up to nine the next morning.
  expect(report.checks.map(({ id, results, unknown }) => [id, results, unknown])).toEqual([
    ['api', 289, 0],
    ['web', 289, 0],
  ]);
  expect(report.events).toEqual(['api opened', 'api closed', 'api opened']);
  expect(report.posts).toEqual([{ channel: '#alerts', messages: 2, calls: 0, replies: 1 }]);
  expect(report.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  const text = shadowText(report, 'UTC');
  expect(text).toContain('1 d, Mon 23 Nov 09:00 to 09:00 UTC; 2 checks, 578 results. Nobody was told.');
  expect(text).toContain(
    'fail    api: latency_ms 900 ms (limit 500 ms) [latency_ms > 500] (Mon 23 Nov 10:05 – Mon 23 Nov 10:30, not ok for 30 min, told after 5 min)',
  );
  expect(text).toContain('08:05 – still open, not ok for 1 h');
});

it('a limit that is too close: how often it would have alerted, and where most values lie', async () => {
  // Two results in each of 14 hours and one before them are slow, a tenth of all: a percentile of 95 lies among them.
  const report = await played((clock) => [
    latency('api', clock, (m) => (m > 60 && m < 16 * 60 && m % 60 < 10 ? 620 : 200)),
  ]);
  expect(report.alerts).toHaveLength(14);
  expect(report.checks[0]!.limits).toEqual([
    {
      ...{ rule: 'latency_ms > 500', fact: 'latency_ms', op: '>', limit: 500, unit: 'ms' },
      ...{ values: 289, beyond: 29, median: 200, p95: 620, worst: 620 },
    },
  ]);
  expect(suggestionsFor(report)).toEqual([
    'api: latency_ms > 500 would have alerted 14 times; the 95th percentile was 620 ms: a limit of 620 ms is beyond what is usual, or held_for: 15m tells only of what lasts',
  ]);
  expect(shadowText(report, 'UTC')).toContain('api: 14 times (latency_ms > 500)');
});

it('what flaps within the hour goes on in its thread, as the bot has it', async () => {
  const report = await played((clock) => [latency('api', clock, (m) => (m % 4 < 2 ? 900 : 100), { everyMs: minute })], {
    forMs: hour,
  });
  // Two bad, two good minutes, again and again: the third and later ones are told in the thread, and call again.
  expect(report.alerts.length).toBeGreaterThan(10);
  expect(report.posts).toEqual([
    { channel: '#alerts', messages: 2, calls: report.alerts.length - 2, replies: expect.any(Number) },
  ]);
});

it('what can never be measured is told with its reason and the next step', async () => {
  const report = await played(
    () => [
      checkOf(
        async () => {
          throw new Unmeasured('denied', 'ecs:ListServices on cluster prod: AccessDenied', {
            next: 'grant ecs:ListServices',
          });
        },
        { id: 'cluster', everyMs: 5 * minute, openAfter: { hits: 2, of: 3 } },
      ),
    ],
    { forMs: hour },
  );
  expect(report.alerts).toMatchObject([{ check: 'cluster', worst: 'unknown', rule: undefined, closedAt: undefined }]);
  expect(suggestionsFor(report)).toEqual([
    'cluster: was never measured in 13 tries: ecs:ListServices on cluster prod: AccessDenied → grant ecs:ListServices',
  ]);
  expect(shadowText(report, 'UTC')).toContain(
    'Never measured (1)\n  cluster: ecs:ListServices on cluster prod: AccessDenied → grant ecs:ListServices',
  );
});

it('a maintenance window and a cause that is down keep quiet as they would', async () => {
  const down = (m: number) => (m >= 60 && m < 120 ? 900 : 100);
  const report = await played(
    (clock) => [
      latency('database', clock, down, { group: 'data' }),
      latency('api', clock, down, { dependsOn: ['database'] }),
      latency('batch', clock, down, { group: 'nightly' }),
    ],
    {
      forMs: 4 * hour,
      groups: new Map(['data', 'nightly', 'general'].map((id) => [id, { id }])),
      maintenance: [
        { id: 'night', match: { group: 'nightly' }, cron: '55 9 * * *', zone: 'UTC', forMs: 2 * hour, mode: 'mute' },
      ],
    },
  );
  expect(report.alerts.map(({ check }) => check)).toEqual(['database']);
});

it('nothing wrong: nothing to tell; a check that is rarer than the run is said', async () => {
  const report = await played(
    (clock) => [latency('api', clock, () => 1), latency('daily', clock, () => 1, { everyMs: 24 * hour })],
    { forMs: hour },
  );
  expect([report.alerts, report.posts]).toEqual([[], []]);
  expect(suggestionsFor(report)).toEqual(['measured too seldom to open an alert, so run it for longer: daily']);
  expect(shadowText(report, 'UTC')).toContain('Nothing would have been announced.');
});

it('groups without a channel are told of all the same, and named', async () => {
  const report = await played((clock) => [latency('api', clock, () => 900)], { forMs: hour, slack: {} });
  expect(report.alerts).toHaveLength(1);
  expect(report.homeless).toEqual(['g']);
  expect(suggestionsFor(report)).toContain('group g: its alerts go nowhere: set slack.alerts or groups.g.channel');
});

it('ended early, it tells what came so far', async () => {
  const ended = new AbortController();
  const report = await played((clock) => [latency('api', clock, () => 900)], {
    signal: ended.signal,
    onMoment: (moment) => moment >= at('11:00:00') && ended.abort(),
  });
  expect(report.alerts).toHaveLength(1);
  expect(report.to).toEqual(at('10:55:00'));
  expect(shadowJson(report)).toMatchObject({ complete: false, alerts: [{ closed_at: null }] });
  expect(shadowText(report, 'UTC')).toContain('1 h 55 min of 1 d');
});

it('heartbeats are left out, since jobs report to the running bot; what depends on one is watched all the same', async () => {
  const silent = async () => Promise.reject(new Unmeasured('misconfigured', 'no reports here'));
  const { definition } = checkOf(silent);
  const hearing = { ...definition, hears: () => ({ token: new Secret('TOKEN') }) };
  const report = await played(
    (clock) => [
      checkOf(silent, { id: 'backup', definition: hearing, everyMs: 5 * minute }),
      latency('api', clock, () => 900, { dependsOn: ['backup'] }),
    ],
    { forMs: hour },
  );
  expect(report.leftOut).toEqual(['backup']);
  expect(report.checks.map(({ id }) => id)).toEqual(['api']);
  expect(report.alerts.map(({ check }) => check)).toEqual(['api']);
  expect(shadowJson(report)).toMatchObject({ left_out: ['backup'] });
});

it('what was measured and could not be judged counts as unknown', async () => {
  const report = await played(
    () => [
      checkOf(async () => ({ facts: { latency_ms: null } }), {
        ...{ id: 'api', everyMs: 5 * minute, fail: rule('latency_ms > 500') },
      }),
    ],
    { forMs: hour },
  );
  expect(report.checks).toMatchObject([{ results: 13, unknown: 13 }]);
  expect(suggestionsFor(report)).toEqual([expect.stringContaining('api: was never measured in 13 tries')]);
  expect(shadowText(report, 'UTC')).toContain('Never measured (1)');
});
