import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Fault } from '../../../src/workspace/faults.ts';
import { postMessage } from '../../../src/workspace/messages.ts';
import { type Desk, deskOf, eventOf, inChannel, replies } from '../../support/alerts.ts';
import { telling } from '../../support/slack-port.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const minute = 60_000;

/** A port whose process dies at a named point; the next one is well. */
function dying(at: { point: string; times?: number }) {
  let left = at.times ?? 1;
  return telling((point) => {
    if (point !== at.point || left === 0) return;
    left -= 1;
    throw new Error(`killed ${point}`);
  });
}

/** The life of a problem: opened as warn, worse, over. */
async function wholeLife(desk: Desk): Promise<void> {
  await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
  await desk.queue.finish();
  desk.clock.move(minute);
  await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
  await desk.queue.finish();
  desk.clock.move(minute);
  await desk.take(eventOf(desk, 'closed', 'api'));
  await desk.queue.finish();
}

async function deleted({ workspace }: Desk, { channel, ts }: { channel: string; ts: string }): Promise<void> {
  const answer = await fetch(`${workspace.apiUrl}chat.delete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel, ts }),
  });
  expect(await answer.json()).toMatchObject({ ok: true });
}

function expectWholeLife(desk: Desk): void {
  expect(inChannel(desk).map(({ text }) => text)).toEqual([
    '✅ OK api — not ok for 2 min (09:00–09:02 UTC)',
    '✅ over 09:02 UTC — was: FAIL api: fail it is',
  ]);
  expect(replies(desk)).toHaveLength(2);
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

  it.each(['before post', 'after post', 'before update', 'after update', 'before reply', 'after reply'])(
    'killed %s: nothing is lost and nothing doubled',
    async (point) => {
      const desk = await deskOf(store, { port: dying({ point }) });
      await wholeLife(desk);
      expectWholeLife(desk);
    },
  );

  it.each(['before find', 'after find'])('killed %s, after it was killed behind the post', async (point) => {
    const desk = await deskOf(store, { port: (port) => dying({ point: 'after post' })(dying({ point })(port)) });
    await wholeLife(desk);
    expectWholeLife(desk);
  });

  it('killed behind the post, then the news changed: the message is found and edited, its thread tells the news', async () => {
    const desk = await deskOf(store, { port: dying({ point: 'after post' }) });
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
    expect(await desk.queue.run()).toHaveLength(1);
    await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(2);
    expect(inChannel(desk)[1]).toMatchObject({ reply_broadcast: true });
  });

  it('the job runs again after all is done: nothing happens', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api'));
    const again = [...desk.queue.waiting];
    await desk.queue.finish();
    const calls = desk.workspace.traffic.length;
    desk.queue.waiting.push(...again, ...again);
    await desk.queue.finish();
    expect(desk.workspace.traffic).toHaveLength(calls);
  });

  it('a process that lost the job posts nothing; the one that has it does', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run({ stillMine: async () => false });
    expect(error).toMatchObject({ reason: 'lost', retryable: true });
    expect(inChannel(desk)).toEqual([]);
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(1);
  });

  it.each([
    ['the answer is lost', 'chat.postMessage', { kind: 'drop-response' }],
    ['the request is lost', 'chat.postMessage', { kind: 'drop-request' }],
    ['Slack answers 503', 'chat.postMessage', { kind: 'http', status: 503 }],
    ['Slack asks to wait', 'chat.postMessage', { kind: 'ratelimited', retryAfterSeconds: 1 }],
    ['an edit is lost', 'chat.update', { kind: 'drop-request' }],
    ['an edit has to wait', 'chat.update', { kind: 'ratelimited', retryAfterSeconds: 1 }],
  ] satisfies [string, string, Fault][])('%s: each post is there once', async (__, method, fault) => {
    const desk = await deskOf(store);
    desk.workspace.fault(method, fault, 2);
    await wholeLife(desk);
    expectWholeLife(desk);
  });

  const marks = async () => (await store.pool.query('select posting, saying from alert_notice')).rows;

  it('Slack asks to wait for a minute: the job goes back with that, and nothing is on its way', async () => {
    const desk = await deskOf(store);
    desk.workspace.fault('chat.postMessage', { kind: 'ratelimited', retryAfterSeconds: 60 });
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run();
    expect(error).toMatchObject({ reason: 'rate_limited', retryable: true });
    expect(error).toHaveProperty('retryAfterMs', expect.closeTo(60_000, -4));
    expect(await marks()).toEqual([{ posting: null, saying: null }]);
  });

  it('the request is lost, and Slack asks the second one to wait: nobody knows about the first', async () => {
    const desk = await deskOf(store);
    desk.workspace.fault('chat.postMessage', { kind: 'drop-request' });
    desk.workspace.fault('chat.postMessage', { kind: 'ratelimited', retryAfterSeconds: 60 });
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run();
    expect(error).toMatchObject({ reason: 'unconfirmed', retryable: true });
    expect(error).toHaveProperty('retryAfterMs', expect.closeTo(60_000, -4));
    expect(await marks()).toEqual([{ posting: 1, saying: null }]);
  });

  it('the bot stops after a lost request: it is not sent a second time', async () => {
    const stop = new AbortController();
    const desk = await deskOf(store, {
      port: (port) => ({
        ...port,
        async post({ onAgain, ...message }) {
          const stopping = async () => {
            stop.abort();
            await onAgain?.();
          };
          return port.post({ ...message, onAgain: stopping });
        },
      }),
    });
    desk.workspace.fault('chat.postMessage', { kind: 'drop-request' });
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run({ signal: stop.signal });
    expect(error).toMatchObject({ reason: 'unconfirmed', retryable: true });
    expect(desk.workspace.traffic.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(1);
  });

  it('a job that was told to stop begins no post', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run({ signal: AbortSignal.abort() });
    expect(error).toMatchObject({ reason: 'stopped', retryable: true });
    expect(await marks()).toEqual([{ posting: null, saying: null }]);
  });

  it('the answer is lost and the look-up fails too: found by the next try', async () => {
    const desk = await deskOf(store);
    desk.workspace.fault('chat.postMessage', { kind: 'drop-response' });
    desk.workspace.fault('conversations.history', { kind: 'http', status: 502 }, 6);
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run();
    expect(error).toMatchObject({ reason: 'unconfirmed', retryable: true });
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(1);
    expect(desk.workspace.traffic.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  });

  it('an outage from before the first post: what is true then is told, not each step', async () => {
    const desk = await deskOf(store);
    desk.workspace.fault('*', { kind: 'http', status: 503 }, 1_000);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'), eventOf(desk, 'opened', 'db', 'fail', { owner: '@dba' }));
    await desk.queue.run();
    desk.clock.move(10 * minute);
    await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
    await desk.queue.run();
    desk.clock.move(4 * minute);
    await desk.take(eventOf(desk, 'closed', 'api'));
    await desk.queue.run();
    desk.workspace.clearFaults();
    await desk.queue.finish();
    expect(
      inChannel(desk)
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual([
      '✅ OK api — not ok for 14 min (09:00–09:14 UTC)',
      '🔴 FAIL db: fail it is · since 09:00 UTC · <!subteam^S0ONCALL01>',
    ]);
    expect(replies(desk)).toEqual([]);
  }, 60_000);

  it('an outage in the middle: one post tells what came of it', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'), eventOf(desk, 'opened', 'db', 'warn'));
    await desk.queue.finish();
    desk.workspace.fault('*', { kind: 'error', error: 'service_unavailable' }, 1_000);
    for (const [event, outcome] of [
      ['worsened', 'fail'],
      ['improved', 'warn'],
    ] as const) {
      await desk.take(eventOf(desk, event, 'api', outcome), eventOf(desk, event, 'db', outcome));
      await desk.queue.run();
    }
    await desk.take(eventOf(desk, 'worsened', 'db', 'fail'));
    await desk.queue.run();
    desk.workspace.clearFaults();
    await desk.queue.finish();
    expect(replies(desk).map(({ text }) => text)).toEqual([
      expect.stringContaining('🔴 FAIL db: fail it is · was WARN'),
    ]);
  }, 60_000);

  it('the process was away for long, and much was said since: the message is still found', async () => {
    const desk = await deskOf(store, { port: dying({ point: 'after post' }) });
    desk.clock.move(Date.now() - desk.clock.now().getTime());
    await desk.take(eventOf(desk, 'opened', 'api'));
    expect(await desk.queue.run()).toHaveLength(1);
    const { state, channel, identity } = desk.workspace;
    for (let at = 0; at < 450; at += 1)
      postMessage(state, channel('alerts').id, identity.botUser, { text: `talk ${at}` });
    await desk.queue.finish();
    expect(inChannel(desk).filter(({ text }) => text.includes('FAIL api'))).toHaveLength(1);
  });

  it('the channel is missing, then it is there: the message comes', async () => {
    const desk = await deskOf(store, { ops: { slack: { alerts: '#later' } } });
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run();
    expect(error).toMatchObject({ reason: 'channel_not_found', retryable: true });
    desk.workspace.addChannel('later', ['rounds']);
    await desk.queue.finish();
    expect(inChannel(desk, 'later')).toHaveLength(1);
  });

  it('the bot may not look it up: it posts again rather than never', async () => {
    const desk = await deskOf(store, { ops: { slack: { alerts: '#random' } }, port: dying({ point: 'before post' }) });
    await desk.take(eventOf(desk, 'opened', 'api'));
    await desk.queue.finish();
    expect(inChannel(desk, 'random')).toHaveLength(1);
    expect(desk.queue.log.lines.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('invite the bot'),
    );
  });

  it('a post that Slack finds fault with is not tried for ever', async () => {
    const desk = await deskOf(store);
    desk.workspace.fault('chat.postMessage', { kind: 'error', error: 'invalid_blocks' });
    await desk.take(eventOf(desk, 'opened', 'api'));
    const [error] = await desk.queue.run();
    expect(error).toBeInstanceOf(PortError);
    expect(error).toMatchObject({ reason: 'invalid_blocks', retryable: false });
  });

  it('somebody deletes the message: it comes back when it gets worse, not for less', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'fail'));
    await desk.queue.finish();
    const [message] = inChannel(desk);
    await deleted(desk, message!);
    await desk.take(eventOf(desk, 'improved', 'api', 'warn'));
    await desk.queue.finish();
    expect(inChannel(desk)).toEqual([]);
    await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text)).toEqual([expect.stringContaining('FAIL api')]);
  });

  it('editing is not allowed: the thread goes on', async () => {
    const desk = await deskOf(store);
    await desk.take(eventOf(desk, 'opened', 'api', 'warn'));
    await desk.queue.finish();
    desk.workspace.fault('chat.update', { kind: 'error', error: 'edit_window_closed' });
    await desk.take(eventOf(desk, 'worsened', 'api', 'fail'));
    await desk.queue.finish();
    expect(inChannel(desk)).toHaveLength(2);
  });
});
