import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlerts } from '../../../src/alerts/alerts.ts';
import type { Check } from '../../../src/config/model.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Desk, deskOf, eventOf, inChannel, queueByHand, replies } from '../../support/alerts.ts';
import { opsOf } from '../../support/checks.ts';
import { healthOf, service } from '../../support/health.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const minute = 60_000;

/** What a replica with this configuration tidies up. */
async function tidy(desk: Desk, checks: Check[]): Promise<void> {
  const queue = queueByHand();
  const ops = opsOf(checks, { slack: { alerts: '#alerts' } });
  const alerts = createAlerts({ ops, store: desk.store, jobs: queue, clock: desk.clock, log: memoryLog() });
  alerts.register(queue, desk.port);
  await desk.store.transaction((tx) => alerts.schedules[0]!.enqueue(tx, desk.clock.now(), 'tidy', undefined));
  await queue.finish();
}

describe.each([
  ['the embedded store', embeddedStore],
  ['a PostgreSQL server', serverStore],
])('on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  /** A failing check that was told of, and what measures it. */
  async function failing(over: Parameters<typeof deskOf>[1] = {}) {
    await store.pool.query('truncate check_state, check_result, check_rollup, check_transition, silence');
    const { check, state } = service('api');
    state.status = 500;
    const desk = await deskOf(store, { checks: [check], ...over });
    const { health, clock } = await healthOf([check], { store, onEvents: desk.alerts.take });
    const run = async (times = 1) => {
      for (let at = 0; at < times; at += 1) {
        clock.move(minute);
        desk.clock.move(minute);
        await health.regular(['api']);
        await desk.queue.finish();
      }
    };
    await run();
    return { desk, check, state, run };
  }

  it('a replica that does not know a check leaves its problem alone while another one measures it', async () => {
    const { desk } = await failing();
    await tidy(desk, []);
    expect(inChannel(desk).map(({ text }) => text)).toEqual([expect.stringContaining('FAIL api')]);
  });

  it('a check that was taken out and comes back while it still fails is told of again, once', async () => {
    const { desk, run } = await failing();
    await store.pool.query(`update check_state set regular_at = regular_at - interval '11 minutes'`);
    await tidy(desk, []);
    expect(inChannel(desk).map(({ text }) => text)).toEqual([expect.stringContaining('api is no longer checked')]);
    await run(5);
    expect(inChannel(desk).map(({ text }) => text)).toEqual([
      expect.stringContaining('api is no longer checked'),
      expect.stringContaining('FAIL api'),
    ]);
  });

  it('what went wrong while there was no channel is told once there is one, and since when it is so', async () => {
    const before = await failing({ ops: { slack: {} } });
    expect(inChannel(before.desk)).toEqual([]);
    const desk = await deskOf(store, { checks: [before.check] });
    const { health, clock } = await healthOf([before.check], { store, onEvents: desk.alerts.take });
    clock.move(10 * minute);
    desk.clock.move(10 * minute);
    for (const _run of [1, 2, 3]) await health.regular(['api']);
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text)).toEqual([expect.stringMatching(/FAIL api.* · since 09:01 UTC/)]);
  });

  it('a standing problem that is told of already changes nothing', async () => {
    const { desk, run } = await failing();
    const { length: calls } = desk.workspace.traffic;
    await run(3);
    expect(desk.workspace.traffic).toHaveLength(calls);
  });

  it('whoever hears of a muted check again knows that it is not muted any more, and says so once', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
    const early = eventOf(desk, 'standing', 'api', 'warn');
    desk.clock.move(minute);
    await desk.silence({ checkIds: ['api'], kind: 'begun', until: new Date('2026-11-23T10:00:00Z'), by: 'window w' });
    await desk.take(early);
    await desk.queue.finish();
    expect(inChannel(desk)[0]?.text).toContain('MUTED api until 10:00 UTC by window w');
    for (const _run of [1, 2]) {
      desk.clock.move(minute);
      await desk.take(eventOf(desk, 'standing', 'api', 'warn'));
      await desk.queue.finish();
    }
    expect(inChannel(desk)[0]?.text).toContain('WARN api');
    expect(replies(desk).map(({ text, reply_broadcast }) => [text, reply_broadcast])).toEqual([
      [expect.stringContaining('still so, it is no longer muted'), true],
    ]);
  });

  it('a mute whose end nobody told is over when its time is up', async () => {
    const { desk, check } = await failing();
    await desk.silence({ checkIds: ['api'], kind: 'begun', until: new Date('2026-11-23T10:00:00Z'), by: 'window w' });
    await desk.queue.finish();
    await tidy(desk, [check]);
    expect(inChannel(desk)[0]?.text).toContain('MUTED api');
    desk.clock.move(60 * minute);
    await tidy(desk, [check]);
    expect(inChannel(desk)[0]?.text).toContain('api: no longer muted · last seen FAIL at 09:01 UTC, measuring again');
    expect(replies(desk)).toEqual([]);
  });

  it.each(['a\0b', 'half \ud83d', '\0'.repeat(10)])(
    'a reason that the database can not store (%j) is told',
    async (reason) => {
      const desk = await deskOf(store);
      await desk.take(eventOf(desk, 'opened', 'api', 'warn', { reason, next: reason }), eventOf(desk, 'opened', 'db'));
      await desk.take(eventOf(desk, 'worsened', 'api', 'fail', { reason }));
      await desk.silence({ checkIds: ['db'], kind: 'begun', by: reason });
      await store.transaction((tx) => desk.alerts.announce(tx, { lines: [reason, reason], key: reason }));
      await desk.queue.finish();
      const texts = inChannel(desk).map(({ text }) => text);
      expect(texts).toHaveLength(3);
      expect(texts.join('\n')).toContain('FAIL api');
      expect(texts.join('\n')).toContain('MUTED db');
    },
  );
});
