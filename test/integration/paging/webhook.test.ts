import { afterEach, describe, expect, it } from 'vitest';
import { createEvents } from '../../../src/paging/events.ts';
import { isSignedByPagerDuty, type PagerNotice, readPagerDutyWebhook } from '../../../src/paging/webhook.ts';
import { startWorkspace } from '../../../src/workspace/workspace.ts';
import { eventually } from '../../support/eventually.ts';
import { type Asked, answer, hang, Misbehaving, reset } from '../../support/paging.ts';

const BEN = 'U0BEN00001';
const secret = 'the-secret-of-the-tests';
const { signal } = new AbortController();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A phone whose webhooks arrive at a server that behaves so. */
async function ringing(...behaviours: ConstructorParameters<typeof Misbehaving>) {
  const receiver = await new Misbehaving(...behaviours).start();
  closing.push(() => receiver.stop());
  const workspace = await startWorkspace({
    pagerDutyWebhook: { url: `${receiver.url}/pagerduty`, secret, retryDelaysMs: [10, 20] },
  });
  closing.push(() => workspace.close());
  const { phone } = workspace;
  const send = (action: 'trigger' | 'acknowledge' | 'resolve', dedupKey = 'rounds:1:1') => {
    const trigger = { summary: 'API down', source: 'api', severity: 'critical' } as const;
    const event = action === 'trigger' ? { action, dedupKey, ...trigger } : { action, dedupKey };
    return createEvents({ url: phone.eventsUrl }).send(phone.routingKey, event, signal);
  };
  return { receiver, workspace, phone, send };
}

function noticeOf({ body }: Asked): PagerNotice {
  const read = readPagerDutyWebhook(body);
  return read.kind === 'notice' ? read.notice : expect.fail(JSON.stringify(read));
}

describe("the phone's webhooks", () => {
  it('tell what people and events do, signed, in order', async () => {
    const { receiver, phone, send } = await ringing(answer(202));
    await send('trigger');
    await send('trigger');
    phone.acknowledge('rounds:1:1', BEN);
    await send('resolve');
    await eventually(() => expect(receiver.asked).toHaveLength(3));
    expect(receiver.asked.map(noticeOf)).toMatchObject([
      { what: 'triggered', dedupKey: 'rounds:1:1', agent: { kind: 'integration' }, incident: { title: 'API down' } },
      { what: 'acknowledged', dedupKey: 'rounds:1:1', agent: { kind: 'user', name: 'Ben' }, incident: { assigned: 1 } },
      { what: 'resolved', dedupKey: 'rounds:1:1', agent: { kind: 'integration' } },
    ]);
    expect(new Set(receiver.asked.map((one) => noticeOf(one).incident.id)).size).toBe(1);
    for (const { body, signature, line } of receiver.asked) {
      expect(line).toBe('POST /pagerduty');
      expect(isSignedByPagerDuty(Buffer.from(body), signature, ['older', secret])).toBe(true);
      expect(isSignedByPagerDuty(Buffer.from(body), signature, ['wrong'])).toBe(false);
      expect(isSignedByPagerDuty(Buffer.from(`${body} `), signature, [secret])).toBe(false);
    }
  });

  it.each([
    ['an error', answer(503)],
    ['a broken connection', reset],
  ])('come again after %s, byte for byte: the id tells that it is the same', async (_, behaviour) => {
    const { receiver, send, workspace } = await ringing(behaviour, answer(200));
    const outcomes: string[] = [];
    workspace.events.on((event) => event.type === 'delivery' && outcomes.push(event.delivery.outcome));
    await send('trigger');
    await eventually(() => expect(outcomes).toEqual(['failed', 'acked']));
    const [first, again] = receiver.asked;
    expect(again?.body).toBe(first?.body);
    expect(receiver.asked.map((one) => noticeOf(one).id)).toEqual([noticeOf(first!).id, noticeOf(first!).id]);
  });

  it('are given up after a few times', async () => {
    const { receiver, send, workspace } = await ringing(answer(500));
    const attempts: number[] = [];
    workspace.events.on((event) => event.type === 'delivery' && attempts.push(event.delivery.attempt));
    await send('trigger');
    await eventually(() => expect(attempts).toEqual([0, 1, 2]));
    await workspace.close();
    expect(receiver.asked).toHaveLength(3);
  });

  it('can be turned on later, and do not keep the workspace from ending', async () => {
    const { receiver, phone, send } = await ringing(hang);
    phone.sendWebhooks(undefined);
    await send('trigger');
    phone.sendWebhooks({ url: receiver.url, secret });
    phone.acknowledge('rounds:1:1');
    await eventually(() => expect(receiver.asked).toHaveLength(1));
    expect(noticeOf(receiver.asked[0]!)).toMatchObject({ what: 'acknowledged', agent: { name: 'Anna' } });
  });
});
