import { beforeAll, describe, expect, it } from 'vitest';
import { createEvents } from '../../../src/paging/events.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { anna, asker, auditedIncidents, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const down = { key: 'k1', severity: 'P0', title: 'API is down' };
const minute = 60_000;
/** Posts of their own that call people. */
const calls = (said: string[]) => said.filter((text) => text.includes('<!here>'));

describe('a declaration', () => {
  it('pages once, says so in one message, and stands in the audit', async () => {
    const room = await roomOf(store);
    const first = await room.incidents.declare(asker, down);
    const second = await room.incidents.declare(asker, { ...down, title: 'again' });
    expect([first.kind, second.kind, second.incident.title]).toEqual(['declared', 'known', 'API is down']);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([
      { dedupKey: 'rounds:1:1', summary: 'INC-1 P0 Critical: API is down', severity: 'critical', count: 1 },
    ]);
    expect(room.said()).toHaveLength(1);
    expect(room.said()[0]).toContain('not acknowledged yet');
    expect(await auditedIncidents(store)).toContain(`${anna.id} incident.declare incident/1`);
  });

  it('under one key from many at once is one incident', async () => {
    const room = await roomOf(store);
    const made = await Promise.all(Array.from({ length: 8 }, () => room.incidents.declare(asker, down)));
    expect(made.map(({ kind }) => kind).sort()).toEqual(['declared', ...Array(7).fill('known')]);
    expect(await room.incidents.list(10, 'everything')).toHaveLength(1);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ count: 1 }]);
    expect(room.said()).toHaveLength(1);
  });

  it.each([
    ['a drill', { drill: true }, 'A drill: nobody is paged'],
    ['P3, which is told in Slack', { severity: 'P3' }, 'Nobody is paged for this severity'],
  ])('of %s pages nobody and says so', async (_, over, words) => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...down, ...over });
    await room.queue.finish();
    await room.pass(2 * minute);
    await room.queue.finish();
    expect(room.pages()).toEqual([]);
    expect(room.said()).toEqual([expect.stringContaining(words)]);
  });

  it('at night is told by e-mail where the severity says so', async () => {
    const room = await roomOf(store);
    room.clock.move(14 * 60 * minute);
    await room.incidents.declare(asker, { ...down, severity: 'P2' });
    await room.queue.finish();
    expect(room.pages()).toEqual([]);
    expect(await room.incident(1)).toMatchObject({ way: 'email', pages: [] });
  });

  it('without a title or with a severity that is none is refused', async () => {
    const room = await roomOf(store);
    await expect(room.incidents.declare(asker, { ...down, title: ' \n ' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(room.incidents.declare(asker, { ...down, severity: 'P9' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await room.incidents.list(1, 'everything')).toEqual([]);
  });

  it('with hostile words is inert in Slack, and plain text for PagerDuty', async () => {
    const room = await roomOf(store);
    const hostile = '<!channel> <https://evil.example|ok> \u202eabc\u202c\u0000 ';
    await room.incidents.declare(asker, {
      ...{ ...down, title: hostile + '😀'.repeat(20_000), systems: hostile, known: hostile.repeat(1_000) },
    });
    await room.queue.finish();
    await room.incidents.resolve(asker, { id: 1, words: hostile });
    await room.queue.finish();
    const [post] = room.said();
    expect(post).not.toMatch(/<!channel>|<https|\u202e/);
    expect(post).toContain('&lt;!channel');
    const [page] = room.pages();
    expect([...page!.summary].length).toBeLessThanOrEqual(1_024);
    expect(page!.summary).not.toMatch(/[\u202e\u202c\n]/);
    expect(page!.summary.isWellFormed()).toBe(true);
  });

  it('where PHI may be involved says nothing of it in the page', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { ...down, title: 'Records of Jane Roe', systems: 'Jane Roe', phi: true });
    await room.queue.finish();
    expect(room.pages()[0]!.summary).toBe('INC-1 P0 Critical: see Slack');
    expect(
      JSON.stringify([room.pages(), room.workspace.traffic.filter((call) => call.method.startsWith('pager'))]),
    ).not.toContain('Jane');
  });
});

describe('NOT PAGED', () => {
  it('is said at once when PagerDuty refuses, in a post that calls people, once', async () => {
    const room = await roomOf(store);
    room.fault('pagerduty.enqueue', { kind: 'error', error: 'routing_key is wrong' });
    await room.incidents.declare(asker, down);
    await room.queue.run();
    await room.queue.finish();
    expect(calls(room.said())).toEqual([expect.stringMatching(/NOT PAGED.*routing_key is wrong/)]);
    expect(room.said()[0]).toContain('NOT PAGED');
    for (let n = 0; n < 5; n += 1) await room.pass(minute);
    await room.queue.finish();
    expect(calls(room.said())).toHaveLength(1);
    expect(room.said()).toHaveLength(2);
  });

  it('is said without a routing key', async () => {
    const room = await roomOf(store, { paging: { routingKey: undefined } });
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    expect(calls(room.said())).toEqual([expect.stringContaining('PAGERDUTY_ROUTING_KEY is not set')]);
  });

  it('is said within a minute, once whatever the reasons, and taken back when the page is accepted', async () => {
    const room = await roomOf(store);
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    await room.pass(49_000);
    expect(room.said()).toEqual([expect.stringContaining('Paging')]);
    await room.pass(1_000);
    await room.pass(0);
    expect(calls(room.said())).toEqual([expect.stringContaining('PagerDuty answers 503')]);
    room.fault('pagerduty.enqueue', { kind: 'drop-request' });
    for (let n = 0; n < 4; n += 1) await room.pass(15_000);
    expect(room.said()[0]).toContain('the connection to PagerDuty broke');
    expect(calls(room.said())).toHaveLength(1);
    room.workspace.clearFaults();
    await room.queue.finish();
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ count: 1, status: 'triggered' }]);
    expect(room.said()[0]).not.toContain('NOT PAGED');
    expect(room.said()[1]).toMatch(/it was not paged at first.*Paged/);
    expect(room.said()[1]).not.toContain('incident.acknowledge');
    const { events } = await room.incidents.show(1);
    expect(events.map(({ kind }) => kind)).toEqual([
      ...['declared', 'page_failed', 'channel', 'not_paged', 'fallback', 'page_failed', 'page_accepted'],
    ]);
  });

  it('is said when PagerDuty hangs', async () => {
    const room = await roomOf(store);
    const events = createEvents({ url: room.workspace.phone.eventsUrl, timeoutMs: 100 });
    const hanging = await roomOf(store, { workspace: room.workspace, paging: { events } });
    room.fault('pagerduty.enqueue', { kind: 'delay', ms: 1_000 });
    await hanging.incidents.declare(asker, down);
    await hanging.pass(minute);
    await hanging.pass(0);
    expect(calls(hanging.said())).toEqual([expect.stringContaining('did not answer within')]);
  });

  it('is said when nobody is on call, stands while that is not known, and the page is sent again when somebody is', async () => {
    const room = await roomOf(store);
    const { phone } = room.workspace;
    phone.setOnCall([]);
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'accepted' }]);
    await room.pass(minute);
    await room.queue.finish();
    expect(calls(room.said())).toEqual([expect.stringContaining('nobody is on call')]);
    expect(room.pages()).toEqual([]);
    room.fault('pagerduty.oncalls', { kind: 'http', status: 500 });
    await room.pass(15_000);
    await room.queue.finish();
    expect((await room.incident(1)).notPaged).toBeDefined();
    room.workspace.clearFaults();
    phone.setOnCall(['U0BEN00001']);
    await room.pass(15_000);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ dedupKey: 'rounds:1:1', status: 'triggered' }]);
    expect(room.said()[0]).not.toContain('NOT PAGED');
    expect(room.said()[1]).toContain('it was not paged at first');
  });

  it('is said in the channel of the declaration where none is for incidents', async () => {
    const room = await roomOf(store, { announceIn: undefined, paging: { routingKey: undefined } });
    await room.incidents.declare(asker, { ...down, channel: '#ops' });
    await room.queue.finish();
    expect(calls(room.said('#ops'))).toHaveLength(1);
  });
});

describe('a page', () => {
  it('that was not sent when somebody took it on rings nobody', async () => {
    const room = await roomOf(store);
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    await room.queue.run();
    await room.incidents.acknowledge(asker, 1);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.pages()).toEqual([]);
    await room.pass(2 * minute);
    expect(room.said()).toEqual([expect.stringContaining('is on it')]);
  });

  it('that comes late, when all is over, opens nothing', async () => {
    const room = await roomOf(store);
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    await room.queue.run();
    await room.incidents.resolve(asker, { id: 1, words: 'rolled back' });
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.pages()).toEqual([]);
    // The message, and the notice.
    expect(room.said()).toEqual([expect.stringContaining('rolled back'), expect.stringContaining('rolled back')]);
  });

  it('whose answer got lost is sent again and rings once', async () => {
    const room = await roomOf(store);
    room.workspace.fault('pagerduty.enqueue', { kind: 'drop-response' });
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ count: 2 }]);
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'accepted', attempts: 2 }]);
  });

  it('accepted by one replica stays so when the try of another fails', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    const twice = room.queue.waiting.find(({ name }) => name === 'incidents.page')!;
    await room.queue.finish();
    room.workspace.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    room.queue.waiting.push({ ...twice, attempt: 2 });
    await room.queue.run();
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'accepted' }]);
    await eventually(async () => expect((await room.incident(1)).notPaged).toBeUndefined());
  });
});
