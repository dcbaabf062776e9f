import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { pagerDutyHook } from '../../../src/pagerduty-hook.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWeb } from '../../../src/web/server.ts';
import { eventually } from '../../support/eventually.ts';
import { anna, asker, auditedIncidents, ben, type Room, roomOf, signed } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const secret = 'the-secret-of-the-tests';
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

async function paged(over: Parameters<typeof roomOf>[1] = {}): Promise<Room> {
  const room = await roomOf(store, over);
  await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down' });
  await room.queue.finish();
  return room;
}

/** Where PagerDuty's webhooks arrive; `deliver` sends a body signed with `by`. */
async function hooked(room: Room) {
  const log = memoryLog();
  const routes = { 'POST /hooks/pagerduty': pagerDutyHook(secret, room.incidents, log) };
  const web = await startWeb({ host: '127.0.0.1', port: 0, log, routes });
  onTestFinished(() => web.close());
  const url = `http://127.0.0.1:${web.port}/hooks/pagerduty`;
  const deliver = async (body: string, by = secret) => {
    const headers = { 'content-type': 'application/json', 'x-pagerduty-signature': signed(body, by) };
    return (await fetch(url, { method: 'POST', body, headers })).status;
  };
  return { url, deliver };
}

const notice = (what: string, agent: unknown, incident_key = 'rounds:1:1') =>
  JSON.stringify({
    event: {
      ...{ id: '01X', event_type: `incident.${what}`, occurred_at: '2026-11-23T09:01:00Z', agent },
      data: { id: 'PINC', type: 'incident', incident_key, assignees: [] },
    },
  });
const person = { id: 'PBEN', type: 'user_reference', summary: 'Ben \u0000<!channel>' };

describe('from Slack', () => {
  it('PagerDuty hears it, everybody sees who, and a second one changes nothing', async () => {
    const room = await paged();
    expect(await room.incidents.acknowledge({ by: ben, request: 'R' }, 1)).toMatchObject({ kind: 'acknowledged' });
    expect(await room.incidents.acknowledge(asker, 1)).toMatchObject({ kind: 'already' });
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'acknowledged' }]);
    expect(room.said()).toEqual([expect.stringContaining(`${ben.mention} is on it`)]);
    await room.pass(600_000);
    expect(room.queue.waiting.map(({ name }) => name)).not.toContain('incidents.watch');
    expect((await auditedIncidents(store)).at(-1)).toBe(`${ben.id} incident.acknowledge incident/1`);
  });

  it('resolving resolves the page, ends what was due, and is done once', async () => {
    const room = await paged();
    expect(await room.incidents.resolve(asker, { id: 1, words: 'rolled <!channel> back' })).toMatchObject({
      kind: 'resolved',
    });
    expect(await room.incidents.resolve(asker, { id: 1, words: 'again' })).toMatchObject({ kind: 'over' });
    expect(await room.incidents.acknowledge(asker, 1)).toMatchObject({ kind: 'over' });
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'resolved' }]);
    // The message, and the notice.
    const said = expect.stringContaining('rolled &lt;!channel&gt; back');
    expect(room.said()).toEqual([said, said]);
    const { rows: due } = await store.pool.query(`select key from business_timer where key not like '%/after/%'`);
    expect(due).toEqual([]);
    expect((await auditedIncidents(store)).at(-1)).toBe(`${anna.id} incident.resolve incident/1`);
    expect((await room.incidents.show(1)).events.map(({ kind }) => kind)).toEqual([
      ...['declared', 'page_accepted', 'channel', 'resolved'],
    ]);
  });

  it('of what is no incident says so', async () => {
    const room = await paged();
    await expect(room.incidents.acknowledge(asker, 99)).rejects.toMatchObject({ code: 'not_found' });
    await expect(room.incidents.show(99)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('said while PagerDuty is away reaches it behind the page, in order', async () => {
    const room = await paged();
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    await room.incidents.acknowledge(asker, 1);
    await room.queue.run();
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'acknowledged', count: 1 }]);
  });
});

describe("from PagerDuty's webhook", () => {
  it('the phone acknowledges: the message shows who, and PagerDuty is not told what it knows', async () => {
    const room = await paged();
    const { url } = await hooked(room);
    room.workspace.phone.sendWebhooks({ url, secret });
    room.workspace.phone.acknowledge('rounds:1:1', 'U0BEN00001');
    await eventually(async () => expect((await room.incident(1)).acknowledged?.by).toBe('Ben in PagerDuty'));
    expect(room.queue.waiting.map(({ name }) => name)).not.toContain('incidents.page');
    await room.queue.finish();
    expect(room.said()).toEqual([expect.stringContaining('Ben in PagerDuty is on it')]);
    expect((await auditedIncidents(store)).at(-1)).toMatch(/^pagerduty:\w+ incident\.acknowledge incident\/1$/);
  });

  it('counts only when it is signed, and once', async () => {
    const room = await paged();
    const { deliver } = await hooked(room);
    const body = notice('acknowledged', person);
    expect(await deliver(body, 'wrong')).toBe(401);
    expect((await room.incident(1)).acknowledged).toBeUndefined();
    expect([await deliver(body), await deliver(body)]).toEqual([200, 200]);
    await room.queue.finish();
    expect((await room.incidents.show(1)).events.filter(({ kind }) => kind === 'acknowledged')).toHaveLength(1);
    expect(room.said()[0]).not.toContain('<!channel>');
    expect(await deliver('{"event":')).toBe(400);
  });

  it.each([
    ['an unknown key', notice('acknowledged', person, 'somebody:else')],
    ['no key', notice('acknowledged', person, '')],
    ['an echo of our own event', notice('acknowledged', { id: 'PINT', type: 'integration_reference' })],
    ['what PagerDuty did by itself', notice('resolved', null)],
    ['another kind of change', notice('escalated', person)],
  ])('%s changes nothing', async (_, body) => {
    const room = await paged();
    expect(await (await hooked(room)).deliver(body)).toBe(200);
    expect(await room.incident(1)).toMatchObject({ version: 3 });
    expect((await room.incident(1)).acknowledged).toBeUndefined();
  });

  it('resolved there by a person: somebody has it, and the incident stays open', async () => {
    const room = await paged();
    expect(await (await hooked(room)).deliver(notice('resolved', { ...person, summary: 'Ben' }))).toBe(200);
    expect(await room.incident(1)).toMatchObject({ acknowledged: { by: 'Ben in PagerDuty' } });
    expect((await room.incident(1)).resolved).toBeUndefined();
  });
});

describe('by asking PagerDuty, where no webhook arrives', () => {
  it('shows who, within a quarter of a minute, and asks no more', async () => {
    const room = await paged();
    await room.pass(15_000);
    expect((await room.incident(1)).acknowledged).toBeUndefined();
    room.workspace.phone.acknowledge('rounds:1:1', 'U0BEN00001');
    await room.pass(15_000);
    await room.queue.finish();
    expect(room.said()).toEqual([expect.stringContaining('Ben in PagerDuty is on it')]);
    expect((await store.pool.query("select key from business_timer where key like '%/paging/%'")).rows).toEqual([]);
    expect(room.pages()).toMatchObject([{ status: 'acknowledged' }]);
  });

  it('goes on asking while PagerDuty does not answer, and says nothing false', async () => {
    const room = await paged();
    room.fault('pagerduty.incidents', { kind: 'http', status: 500 });
    await room.pass(60_000);
    for (let n = 0; n < 3; n += 1) expect(await room.pass(15_000)).toEqual([]);
    room.workspace.clearFaults();
    room.workspace.phone.acknowledge('rounds:1:1', 'U0BEN00001');
    await room.pass(15_000);
    expect((await room.incident(1)).acknowledged?.by).toBe('Ben in PagerDuty');
  });

  it('a jump of the clock by a day asks once, not a day of times', async () => {
    const room = await paged();
    await room.pass(86_400_000);
    expect(room.workspace.traffic.filter(({ method }) => method === 'pagerduty.incidents').length).toBeLessThan(3);
    expect((await room.incident(1)).notPaged).toBeUndefined();
  });

  it('without a token nothing is asked, and nothing waits', async () => {
    const room = await paged({ paging: { incidents: undefined, onCalls: undefined } });
    await room.pass(60_000);
    expect((await store.pool.query("select key from business_timer where key like '%/paging/%'")).rows).toEqual([]);
    expect((await room.incident(1)).notPaged).toBeUndefined();
  });
});
