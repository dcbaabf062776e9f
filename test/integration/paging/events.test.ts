import { afterEach, describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { createEvents, type EventsOptions } from '../../../src/paging/events.ts';
import type { PagerEvent } from '../../../src/paging/model.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { answer, breakOff, hang, Misbehaving, reset } from '../../support/paging.ts';

const routingKey = 'e93facc04764012d7bfb002500d5d1a6';
const { signal } = new AbortController();
const page: PagerEvent = {
  ...{ action: 'trigger', dedupKey: 'rounds:1:1', summary: 'API down', source: 'api', severity: 'critical' },
};
const resolve: PagerEvent = { action: 'resolve', dedupKey: 'rounds:1:1' };
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function against(...behaviours: ConstructorParameters<typeof Misbehaving>) {
  const server = await new Misbehaving(...behaviours).start();
  closing.push(() => server.stop());
  const log = memoryLog();
  const send = (event: PagerEvent = page, options: EventsOptions = {}) =>
    createEvents({ url: server.url, log, timeoutMs: 400, ...options }).send(routingKey, event, signal);
  return { server, log, send };
}

async function failureOf(sending: Promise<unknown>): Promise<PortError> {
  const error = await sending.then(
    (done) => expect.fail(`it went through: ${JSON.stringify(done)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PortError)) throw error;
  return error;
}

describe('an event is accepted', () => {
  const accepted = { dedupKey: 'rounds:1:1' };
  it.each([
    ['202 with its key', answer(202, { status: 'success', dedup_key: 'rounds:1:1' })],
    ['an empty 202', answer(202)],
    ['a 202 that is no JSON', answer(202, '<html>ok</html>')],
    ['a 202 whose body breaks off', breakOff(202)],
  ])('by %s', async (_, behaviour) => {
    const { send, server } = await against(behaviour);
    expect(await send()).toEqual(accepted);
    expect(server.asked.map(({ line }) => line)).toEqual(['POST /v2/enqueue']);
  });

  it('as PagerDuty reads it', async () => {
    const { send, server } = await against(answer(202));
    const at = new Date('2026-03-01T10:00:00Z');
    await send({
      ...{ action: 'trigger', dedupKey: 'k', summary: 'API down', source: 'api', severity: 'error', timestamp: at },
      ...{ component: 'db', group: 'prod', class: 'http', details: { status: 502 }, client: 'Rounds' },
      ...{ clientUrl: 'https://rounds.example', links: [{ href: 'https://x.example', text: 'Channel' }] },
    });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: 'k',
      client: 'Rounds',
      client_url: 'https://rounds.example',
      links: [{ href: 'https://x.example', text: 'Channel' }],
      payload: {
        ...{ summary: 'API down', source: 'api', severity: 'error', timestamp: '2026-03-01T10:00:00.000Z' },
        ...{ component: 'db', group: 'prod', class: 'http', custom_details: { status: 502 } },
      },
    });
  });
});

describe('what happens instead has a reason, and says whether to send again', () => {
  it.each([
    ['it hangs', hang, 'unconfirmed', true, 'PagerDuty did not answer within 0.4 s'],
    ['the connection breaks', reset, 'unconfirmed', true, 'the connection to PagerDuty broke'],
    ['502 with HTML', answer(502, '<html>bad gateway</html>'), 'unavailable', true, 'PagerDuty answers 502'],
    ['a redirect', answer(302, '', { location: 'http://127.0.0.1:1/' }), 'unavailable', true, 'PagerDuty answers 302'],
    ['a proxy that says 200', answer(200, '<html>welcome</html>'), 'unconfirmed', true, '200 instead of 202'],
    ['another key', answer(202, { dedup_key: 'other' }), 'other_key', true, 'another event than rounds:1:1'],
    ['413', answer(413), 'refused', false, 'PagerDuty refuses the event (413): without a reason'],
  ])('%s', async (_, behaviour, reason, retryable, message) => {
    const { send } = await against(behaviour);
    const error = await failureOf(send());
    expect(error).toMatchObject({ reason, retryable, message: expect.stringContaining(message) });
  });

  it('400: the words of PagerDuty, redacted, and the routing key nowhere', async () => {
    const errors = ['Invalid routing key', `${routingKey} is unknown`, 'write to anna@example.com'];
    const { send, log } = await against(answer(400, { status: 'invalid event', message: 'Event is invalid', errors }));
    const error = await failureOf(send());
    expect(error).toMatchObject({ reason: 'refused', retryable: false });
    expect(error.message).toBe(
      'PagerDuty refuses the event (400): Event is invalid: Invalid routing key: *** is unknown: write to [e-mail]',
    );
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { reason: 'refused', dedupKey: 'rounds:1:1' } }]);
    expect(JSON.stringify([log.lines, error.message, error.stack, String(error.cause)])).not.toContain(routingKey);
  });

  it('429 with a pause, with none, and with one that is too long for a page', async () => {
    const pauses = [
      answer(429, '', { 'retry-after': '7' }),
      answer(429),
      answer(429),
      answer(429, '', { 'retry-after': '3600' }),
    ];
    const { send } = await against(...pauses);
    const options = { random: () => 1 };
    expect(await failureOf(send(page))).toMatchObject({ reason: 'rate_limited', retryable: true, retryAfterMs: 7_000 });
    expect((await failureOf(send(page, options))).retryAfterMs).toBe(12_000);
    expect((await failureOf(send(page, { random: () => 0 }))).retryAfterMs).toBe(8_000);
    expect((await failureOf(send(page))).retryAfterMs).toBe(60_000);
  });

  it('nobody listens: it never left', async () => {
    const { server, send } = await against(hang);
    await server.stop();
    closing.splice(0);
    expect(await failureOf(send())).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  it('it is stopped from outside', async () => {
    const { server } = await against(hang);
    const stopping = new AbortController();
    const sending = createEvents({ url: server.url }).send(routingKey, page, stopping.signal);
    const failing = failureOf(sending);
    await eventually(() => expect(server.asked).toHaveLength(1));
    stopping.abort();
    expect(await failing).toMatchObject({ reason: 'stopped', retryable: true });
  });

  it('an empty key is refused here: PagerDuty would make one up', async () => {
    const { send, server } = await against(answer(202));
    expect(await failureOf(send({ ...page, dedupKey: '' }))).toMatchObject({ reason: 'refused', retryable: false });
    expect(server.asked).toEqual([]);
  });
});

describe('events of one key', () => {
  it('leave in order: a resolve waits for the trigger on its way, others do not wait', async () => {
    let release = () => {};
    const { server } = await against((response) => {
      release = () => void response.writeHead(202).end();
    }, answer(202));
    const events = createEvents({ url: server.url });
    const first = events.send(routingKey, page, signal);
    await eventually(() => expect(server.asked).toHaveLength(1));
    const second = events.send(routingKey, resolve, signal);
    await events.send(routingKey, { ...page, dedupKey: 'other' }, signal);
    const actions = () => server.asked.map(({ body }) => [JSON.parse(body).dedup_key, JSON.parse(body).event_action]);
    expect(actions()).toEqual([
      ['rounds:1:1', 'trigger'],
      ['other', 'trigger'],
    ]);
    release();
    await Promise.all([first, second]);
    expect(actions().at(-1)).toEqual(['rounds:1:1', 'resolve']);
  });

  it('a trigger behind a resolve waits too, and goes on when the one before it fails', async () => {
    const { server } = await against(hang, answer(202));
    const events = createEvents({ url: server.url, timeoutMs: 300 });
    const failing = failureOf(events.send(routingKey, resolve, signal));
    const after = events.send(routingKey, page, signal);
    expect(await failing).toMatchObject({ reason: 'unconfirmed' });
    expect(await after).toEqual({ dedupKey: 'rounds:1:1' });
    expect(server.asked.map(({ body }) => JSON.parse(body).event_action)).toEqual(['resolve', 'trigger']);
  });

  it('one that is stopped while it waits is never sent, and does not let the next one overtake', async () => {
    let release = () => {};
    const { server } = await against((response) => {
      release = () => void response.writeHead(202).end();
    }, answer(202));
    const events = createEvents({ url: server.url });
    const stopping = new AbortController();
    const first = events.send(routingKey, page, signal);
    const stopped = failureOf(events.send(routingKey, page, stopping.signal));
    const last = events.send(routingKey, resolve, signal);
    await eventually(() => expect(server.asked).toHaveLength(1));
    stopping.abort();
    expect(await stopped).toMatchObject({ reason: 'stopped' });
    release();
    await Promise.all([first, last]);
    expect(server.asked.map(({ body }) => JSON.parse(body).event_action)).toEqual(['trigger', 'resolve']);
  });
});

describe('with the local phone', () => {
  let workspace: Workspace;
  const sendTo = (changes: Partial<Extract<PagerEvent, { action: 'trigger' }>>) =>
    createEvents({ url: workspace.phone.eventsUrl }).send(workspace.phone.routingKey, { ...page, ...changes }, signal);
  const start = async () => {
    workspace = await startWorkspace();
    closing.push(() => workspace.close());
  };

  it('a summary of 1,025 emoji rings, cut to whole ones', async () => {
    await start();
    await sendTo({ summary: '👨‍👩‍👧‍👦'.repeat(1_025) });
    const [rung] = workspace.phone.pages();
    expect(rung?.summary).toMatch(/^(?:👨‍👩‍👧‍👦)+…$/u);
    expect(rung?.summary.length).toBeLessThanOrEqual(1_024);
  });

  it('600 KB of details ring, saying what is missing', async () => {
    await start();
    await sendTo({ details: { check: 'api', log: 'line\n'.repeat(120_000) } });
    expect(workspace.phone.pages()[0]?.details).toEqual({
      check: 'api',
      log: expect.stringMatching(/^(?:line\n)+.*… \([\d,]+ of 600,000 characters left out\)$/),
    });
  });

  it('an answer that is lost is unconfirmed, and sending again pages nobody twice', async () => {
    await start();
    workspace.fault('pagerduty.enqueue', { kind: 'drop-response' });
    expect(await failureOf(sendTo({}))).toMatchObject({ reason: 'unconfirmed', retryable: true });
    expect(await sendTo({})).toEqual({ dedupKey: 'rounds:1:1' });
    expect(workspace.phone.pages()).toMatchObject([{ dedupKey: 'rounds:1:1', count: 2 }]);
  });
});
