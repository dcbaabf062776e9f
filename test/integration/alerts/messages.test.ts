import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/health/model.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Desk, deskOf, eventOf, inChannel, replies } from '../../support/alerts.ts';
import { checkOf } from '../../support/checks.ts';
import { checkReport } from '../../support/reports.ts';
import { shownText } from '../../support/slack-bot.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const minute = 60_000;
const nothing = async () => ({ facts: {} });

describe.each([
  ['the embedded store', embeddedStore],
  ['a PostgreSQL server', serverStore],
])('on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  /** What the last measurement of a check found. */
  async function measured({ clock }: Desk, id: string, outcome: Outcome): Promise<void> {
    const report = checkReport(id, { outcome, reason: `measured ${outcome}`, owner: '@web' });
    await store.pool.query(
      `insert into check_state (check_id, outcome, since, at, report, samples, fingerprint, every_ms)
       values ($1, 'muted', now(), $3, $2, '[]', 'f', 60000) on conflict (check_id) do update set report = excluded.report, at = excluded.at`,
      [id, JSON.stringify(report), clock.now()],
    );
  }

  it('a problem is one message with its owner, its next step and its buttons', async () => {
    const checks = [checkOf(nothing, { id: 'api' }), checkOf(nothing, { id: 'web', dependsOn: ['api'] })];
    const desk = await deskOf(store, { checks });
    await desk.take(eventOf(desk, 'opened', 'api', 'fail', { reason: '503 (want 200)', next: 'check ECS' }));
    await desk.queue.finish();
    const [message, ...more] = inChannel(desk);
    expect(more).toEqual([]);
    expect(message?.text).toBe('🔴 FAIL api: 503 (want 200) · since 09:00 UTC · <@U0ANNA0001>');
    expect(shownText(message!)).toContain('→ check ECS · 1 check depends on it');
    const buttons = JSON.stringify(message?.blocks);
    for (const id of ['details', 'mute1h', 'mute4h', 'measure']) expect(buttons).toContain(`"health.${id}"`);
  });

  it('worse: the message is edited, and a new post in its thread is shown in the channel', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
    await desk.queue.finish();
    desk.clock.move(5 * minute);
    await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
    await desk.queue.finish();
    const [message, broadcast, ...more] = inChannel(desk);
    expect(more).toEqual([]);
    expect(message?.text).toContain('🔴 FAIL api');
    expect(broadcast).toMatchObject({ thread_ts: message?.ts, reply_broadcast: true });
    expect(broadcast?.text).toBe('🔴 FAIL api: fail it is · was WARN, since 09:05 UTC · <@U0ANNA0001>');
  });

  it('better: the message is edited, and its thread says so quietly', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'fail'));
    await desk.queue.finish();
    await desk.take(eventOf(desk, 'improved', 'api', 'warn'));
    await desk.queue.finish();
    const [message, ...more] = inChannel(desk);
    expect(more).toEqual([]);
    expect(message?.text).toContain('🟠 WARN api');
    expect(replies(desk).map(({ text }) => text)).toEqual(['🟠 WARN api: warn it is · was FAIL, since 09:00 UTC']);
  });

  it('over: the message tells from when to when and what was worst, and mentions nobody', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'fail'));
    await desk.take(eventOf(desk, 'improved', 'api', 'unknown'), eventOf(desk, 'improved', 'api', 'warn'));
    await desk.queue.finish();
    desk.clock.move(14 * minute);
    await desk.take(eventOf(desk, 'closed', 'api'));
    await desk.queue.finish();
    const [message, ...more] = inChannel(desk);
    expect(more).toEqual([]);
    expect(message?.text).toBe('✅ OK api — not ok for 14 min (09:00–09:14 UTC)');
    expect(shownText(message!)).toContain('It was FAIL: fail it is');
    expect(JSON.stringify(message?.blocks)).not.toContain('U0ANNA0001');
    expect(replies(desk).map(({ text }) => text)).toEqual(['✅ OK api — not ok for 14 min (09:00–09:14 UTC)']);
  });

  it('what was told in the channel too says that it is over, once all of it is', async () => {
    const desk = await deskOf(store);
    const events = ['a', 'b', 'c', 'd'].map((id) => eventOf(desk, 'opened', id, 'warn'));
    await desk.take(...events);
    await desk.queue.finish();
    await desk.take(eventOf(desk, 'worsened', 'a', 'fail'), eventOf(desk, 'worsened', 'b', 'fail'));
    await desk.queue.finish();
    desk.clock.move(5 * minute);
    await desk.take(eventOf(desk, 'closed', 'a'));
    await desk.queue.finish();
    expect(inChannel(desk)[1]?.text).toContain('🔴 FAIL a: fail it is');
    desk.clock.move(5 * minute);
    await desk.take(eventOf(desk, 'closed', 'b'));
    await desk.queue.finish();
    const [, broadcast, ...more] = inChannel(desk);
    expect(more).toEqual([]);
    expect(broadcast).toMatchObject({
      reply_broadcast: true,
      text: '✅ over 09:10 UTC — was: FAIL a: fail it is and 1 more',
    });
    expect(shownText(broadcast!)).toContain('FAIL b: fail it is');
    expect(JSON.stringify(broadcast?.blocks)).not.toContain('U0ANNA0001');
    const calls = desk.workspace.traffic.filter(({ method }) => method === 'chat.update').length;
    await desk.take(eventOf(desk, 'worsened', 'c', 'fail'), eventOf(desk, 'closed', 'c'));
    await desk.queue.finish();
    expect(desk.workspace.traffic.filter(({ method }) => method === 'chat.update')).toHaveLength(calls + 1);
  });

  it('somebody deleted what was told in the channel: its end is no fault', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
    await desk.queue.finish();
    await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
    await desk.queue.finish();
    desk.workspace.fault('chat.update', { kind: 'error', error: 'message_not_found' }, 2);
    await desk.take(eventOf(desk, 'closed', 'api'));
    await desk.queue.finish();
    const { rows } = await store.pool.query('select standing from alert_notice');
    expect(rows).toEqual([{ standing: [] }]);
  });

  it('the log says once what opened and what is over', async () => {
    const desk = await deskOf(store);
    await desk.take(...['a', 'b', 'c', 'd'].map((id) => eventOf(desk, 'opened', id, 'warn')));
    await desk.queue.finish();
    await desk.take(eventOf(desk, 'opened', 'e', 'fail'), eventOf(desk, 'worsened', 'a', 'fail'));
    await desk.queue.finish();
    await desk.take(eventOf(desk, 'closed', 'a'));
    await desk.queue.finish();
    const said = desk.queue.log.lines.filter(({ message }) => message?.startsWith('alert '));
    const line = (message: string, check: string, outcome: Outcome) => ({
      message,
      fields: { check, outcome, channel: '#alerts' },
    });
    expect(said).toMatchObject([
      ...['a', 'b', 'c', 'd'].map((id) => line('alert opened', id, 'warn')),
      line('alert opened', 'e', 'fail'),
      line('alert over', 'a', 'ok'),
    ]);
  });

  it('a new problem is a new message; the third within an hour goes on in the thread', async () => {
    const desk = await deskOf(store);
    const opened: (string | undefined)[] = [];
    for (const time of [1, 2, 3, 4]) {
      await desk.take(eventOf(desk, 'opened', 'api', 'fail', { reason: `failure ${time}` }));
      await desk.queue.finish();
      opened.push(inChannel(desk).at(-1)?.text);
      desk.clock.move(5 * minute);
      await desk.take(eventOf(desk, 'closed', 'api'));
      await desk.queue.finish();
      desk.clock.move(5 * minute);
    }
    const channel = inChannel(desk);
    expect(channel.filter(({ reply_broadcast }) => !reply_broadcast)).toHaveLength(2);
    expect(channel.filter(({ reply_broadcast }) => reply_broadcast).map(({ text }) => text)).toEqual([
      '✅ over 09:25 UTC — was: FAIL api: failure 3',
      '✅ over 09:35 UTC — was: FAIL api: failure 4',
    ]);
    expect(opened.slice(2)).toEqual([
      '🔴 FAIL api: failure 3 · again, 3 times within an hour · <@U0ANNA0001>',
      '🔴 FAIL api: failure 4 · again, 4 times within an hour · <@U0ANNA0001>',
    ]);
    expect(shownText(channel[1]!)).toContain('3 times in this thread');
    desk.clock.move(60 * minute);
    await desk.take(eventOf(desk, 'opened', 'api', 'fail'));
    await desk.queue.finish();
    expect(inChannel(desk).filter(({ reply_broadcast }) => !reply_broadcast)).toHaveLength(3);
  });

  it('many at once are one message, worst first, and each owner is mentioned once', async () => {
    const desk = await deskOf(store);
    const events = Array.from({ length: 20 }, (__, at) =>
      eventOf(desk, 'opened', `c${at}`, at === 7 ? 'fail' : 'warn', { owner: at % 2 ? '@web' : '@dba' }),
    );
    await desk.take(...events);
    await desk.queue.finish();
    const [message, ...more] = inChannel(desk);
    expect(more).toEqual([]);
    const text = shownText(message!);
    expect(text).toContain('🔴 *20 problems: 1 fail · 19 warn* since 09:00 UTC');
    expect(text.indexOf('FAIL c7')).toBeLessThan(text.indexOf('WARN c0'));
    expect(text).toContain('… and 8 more');
    for (const mention of ['<@U0ANNA0001>', '<!subteam^S0ONCALL01>']) expect(text.split(mention)).toHaveLength(2);

    await desk.take(...events.slice(0, 3).map(({ checkId }) => eventOf(desk, 'closed', checkId)));
    await desk.take(eventOf(desk, 'worsened', 'c9', 'fail'));
    await desk.queue.finish();
    expect(shownText(inChannel(desk)[0]!)).toContain('17 problems: 2 fail · 15 warn');
    expect(shownText(inChannel(desk)[0]!)).toContain('✅ 3 over: c0, c1, c2');
    expect(inChannel(desk)).toHaveLength(2);
    desk.clock.move(20 * minute);
    await desk.take(...events.slice(3).map(({ checkId }) => eventOf(desk, 'closed', checkId)));
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(2);
    expect(inChannel(desk)[0]?.text).toContain('✅ OK: all 20 are over');
  });

  it('a storm over several sweeps: three of their own, then one message for the rest', async () => {
    const desk = await deskOf(store);
    for (const at of [0, 1, 2, 3, 4, 5]) {
      await desk.take(eventOf(desk, 'opened', `c${at}`, 'warn'));
      await desk.queue.finish();
      desk.clock.move(5_000);
    }
    expect(inChannel(desk)).toHaveLength(4);
    const [grouped] = inChannel(desk).slice(3);
    expect(shownText(grouped!)).toContain('3 problems: 3 warn');
    expect(replies(desk).map(({ reply_broadcast }) => reply_broadcast ?? false)).toEqual([false, false]);

    await desk.take(eventOf(desk, 'opened', 'worse', 'fail'));
    await desk.take(eventOf(desk, 'opened', 'other', 'warn', { owner: '@dba' }));
    await desk.queue.finish();
    expect(replies(desk).at(-1)).toMatchObject({ reply_broadcast: true });
    expect(replies(desk)).toHaveLength(3);
    desk.clock.move(2 * minute);
    await desk.take(eventOf(desk, 'opened', 'later', 'warn'));
    await desk.queue.finish();
    expect(inChannel(desk).at(-1)?.text).toContain('WARN later');
    expect(inChannel(desk).at(-1)?.thread_ts).toBeUndefined();
  });

  it('three at once are three messages', async () => {
    const desk = await deskOf(store);
    await desk.take(...['a', 'b', 'c'].map((id) => eventOf(desk, 'opened', id)));
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(3);
  });

  it('muted: the message says until when and by whom, and takes the mention away', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api'));
    await desk.queue.finish();
    await desk.silence({
      checkIds: ['api', 'none'],
      kind: 'begun',
      until: new Date('2026-11-23T10:00:00Z'),
      by: 'Ben',
      mute: 'm1',
    });
    await desk.queue.finish();
    expect(JSON.stringify(inChannel(desk)[0]?.blocks)).toMatch(/"health.unmute"[^{]*{[^}]*},"value":"m1"/);
    expect(inChannel(desk)[0]?.text).toBe('🔕 MUTED api until 10:00 UTC by Ben · FAIL: fail it is');
    expect(JSON.stringify(inChannel(desk)[0]?.blocks)).not.toContain('U0ANNA0001');
  });

  it('a mute that ends calls nobody for what was measured before: the next regular run decides', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
    await desk.silence({ checkIds: ['api'], kind: 'begun', by: 'Ben' });
    await desk.queue.finish();
    await measured(desk, 'api', 'fail');
    desk.clock.move(minute);
    const early = eventOf(desk, 'standing', 'api', 'fail', { duration_ms: 5_000 });
    await desk.silence({ checkIds: ['api'], kind: 'ended' });
    await desk.queue.finish();
    const waiting = '🔔 api: no longer muted · last seen FAIL at 09:00 UTC, measuring again';
    expect(inChannel(desk).map(({ text }) => text)).toEqual([waiting]);
    expect(JSON.stringify(inChannel(desk)[0]?.blocks)).not.toContain('U0ANNA0001');
    await desk.silence({ checkIds: ['api'], kind: 'ended' });
    expect(desk.queue.waiting).toEqual([]);
    // It was on its way when the mute ended.
    await desk.take({ ...early, at: new Date(early.at.getTime() + 1_000) });
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text)).toEqual([waiting]);
    desk.clock.move(minute);
    await desk.take(eventOf(desk, 'standing', 'api', 'warn'));
    await desk.queue.finish();
    expect(inChannel(desk)[0]?.text).toContain('🟠 WARN api');
    expect(inChannel(desk)[1]).toMatchObject({ thread_ts: inChannel(desk)[0]?.ts, reply_broadcast: true });
    expect(inChannel(desk)[1]?.text).toContain('still so, it is no longer muted');
    expect(inChannel(desk)[1]?.text).toContain('<@U0ANNA0001>');
  });

  it('well again when the mute ends: the next regular run ends it, and nobody is called', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api'));
    await desk.silence({ checkIds: ['api'], kind: 'begun', by: 'Ben' });
    await desk.silence({ checkIds: ['api'], kind: 'ended' });
    desk.clock.move(minute);
    await desk.take(eventOf(desk, 'closed', 'api'));
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text)).toEqual([expect.stringContaining('✅ OK api')]);
    expect(JSON.stringify(desk.workspace.messages('alerts'))).not.toContain('U0ANNA0001');
  });

  it("goes to the group's channel, and nowhere without one: the log says so once", async () => {
    const groups = new Map([['web', { id: 'web', channel: '#ops' }]]);
    const desk = await deskOf(store, { ops: { groups, slack: {} } });
    await desk.take(eventOf(desk, 'opened', 'site', 'fail', { group: 'web' }), eventOf(desk, 'opened', 'a'));
    await desk.take(eventOf(desk, 'opened', 'b'), eventOf(desk, 'closed', 'a'));
    await desk.queue.finish();
    expect(inChannel(desk, 'ops').map(({ text }) => text)).toEqual([expect.stringContaining('FAIL site')]);
    expect(inChannel(desk)).toEqual([]);
    expect(desk.log.lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('set slack.alerts or groups.api.channel'),
    ]);
  });

  it('what is blocked or muted when it opens is told by nobody', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'a', 'blocked'), eventOf(desk, 'opened', 'b', 'muted'));
    expect(desk.queue.waiting).toEqual([]);
  });

  it('names an owner who can not be mentioned, also when Slack does not tell', async () => {
    const fails = new Error('no directory');
    const mentionOf = async (owner: string) => (owner === '@gone' ? undefined : Promise.reject(fails));
    const desk = await deskOf(store, { port: (port) => ({ ...port, mentionOf }) });
    await desk.take(eventOf(desk, 'opened', 'a', 'fail', { owner: '@gone' }), eventOf(desk, 'opened', 'b'));
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text.replaceAll('\u2060', ''))).toEqual([
      expect.stringContaining('· @gone'),
      expect.stringContaining('· @web'),
    ]);
  });

  it('a check that is no longer configured does not stay open for ever', async () => {
    const desk = await deskOf(store, { checks: [checkOf(nothing, { id: 'kept' })] });
    await desk.take(eventOf(desk, 'opened', 'kept'), eventOf(desk, 'opened', 'dropped'));
    await desk.queue.finish();
    const [tidy] = desk.alerts.schedules;
    await store.transaction((tx) => tidy!.enqueue(tx, desk.clock.now(), 'slot', undefined));
    await desk.queue.finish();
    const texts = inChannel(desk).map(({ text }) => text);
    expect(texts).toEqual([
      expect.stringContaining('➖ dropped is no longer checked'),
      expect.stringContaining('FAIL kept'),
    ]);
  });

  it('keeps what is closed 400 days', async () => {
    const desk = await deskOf(store, { checks: [checkOf(nothing, { id: 'open' })] });
    await desk.take(eventOf(desk, 'opened', 'old'), eventOf(desk, 'opened', 'open'));
    await desk.take(eventOf(desk, 'closed', 'old'));
    await desk.queue.finish();
    const count = async () =>
      (await store.pool.query<{ n: number }>('select count(*)::int as n from alert_notice')).rows[0]!.n;
    for (const [days, left] of [
      [399, 2],
      [2, 1],
    ] as const) {
      desk.clock.move(days * 24 * 60 * minute);
      await store.transaction((tx) => desk.alerts.schedules[0]!.enqueue(tx, desk.clock.now(), `${days}`, undefined));
      await desk.queue.finish();
      expect(await count()).toBe(left);
    }
  });

  it('announces once, in the channel that is asked for', async () => {
    const desk = await deskOf(store);
    const announce = (key: string) =>
      store.transaction((tx) => desk.alerts.announce(tx, { lines: ['3 deadlines were late', '<!channel> *x*'], key }));
    expect([await announce('late'), await announce('late'), await announce('later')]).toEqual([
      'enqueued',
      'known',
      'enqueued',
    ]);
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text)).toEqual(['3 deadlines were late', '3 deadlines were late']);
    expect(shownText(inChannel(desk)[0]!)).toContain('&lt;!channel&gt; ∗x∗');
  });
});
