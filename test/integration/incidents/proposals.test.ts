import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import command from '../../../commands/incident.ts';
import { alertmanagerHook } from '../../../src/alertmanager-hook.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import { readAlertmanager } from '../../../src/incidents/proposals/alertmanager.ts';
import { pagerDutyHook } from '../../../src/pagerduty-hook.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWeb } from '../../../src/web/server.ts';
import { viewersOnly } from '../../support/access.ts';
import { eventually } from '../../support/eventually.ts';
import { anna, asker, type Room, roomOf, signed } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { dialog } from '../../support/slack-bot.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
const token = 'a-token-of-the-tests';
const secret = 'a-secret-of-the-tests';
const minute = 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(() => store.pool.query('truncate incident_proposal restart identity'));

/** The bot's web server, and what Alertmanager and PagerDuty send to it. */
async function sceneOf(options: Parameters<typeof roomOf>[1] = {}) {
  const room = await roomOf(store, options);
  const log = memoryLog();
  const routes = {
    'POST /hooks/alertmanager': alertmanagerHook(token, room.incidents, log),
    'POST /hooks/pagerduty': pagerDutyHook(secret, room.incidents, log),
  };
  const web = await startWeb({ host: '127.0.0.1', port: 0, log, routes });
  onTestFinished(() => web.close());
  const post = async (path: string, body: string, headers: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${web.port}/hooks/${path}`, { method: 'POST', body, headers });
    await room.queue.finish();
    return [answer.status, (await answer.text()).trim()];
  };
  const alerts = (over: object = {}, authorization = `Bearer ${token}`) =>
    post('alertmanager', body(over), { authorization });
  const pager = (what: string, over: object = {}, at = room.clock.now()) => {
    const event = {
      ...{ id: `E${what}`, event_type: `incident.${what}`, occurred_at: at.toISOString() },
      data: { id: 'P1', title: 'Disk is full', incident_key: 'disk/db', status: what, ...over },
    };
    const text = JSON.stringify({ event });
    return post('pagerduty', text, { 'x-pagerduty-signature': signed(text, secret) });
  };
  return { room, alerts, pager, post };
}

function body(over: object): string {
  const labels = { alertname: 'HighErrorRate', service: 'api', severity: 'critical' };
  const alert = { status: 'firing', labels, annotations: { summary: '12 % fail' }, startsAt: '2026-11-23T08:56:00Z' };
  return JSON.stringify({
    ...{ version: '4', groupKey: '{}:{alertname="HighErrorRate"}', status: 'firing', receiver: 'rounds' },
    ...{ groupLabels: {}, commonLabels: labels, commonAnnotations: { summary: '12 % fail' }, alerts: [alert] },
    ...over,
  });
}

const resolved = { status: 'resolved' };

async function botOf(room: Room, access = everything as typeof viewersOnly) {
  const { botToken, appToken, apiUrl } = room.workspace;
  const services = { incidents: room.incidents, severities: room.ports.severities.all } as unknown as Services;
  const bot = await connectSlack<Services>({
    ...{ commands: [command], services, store, clock: room.clock, log: memoryLog(), graceMs: 200 },
    ...{ onFatal: () => {}, access: () => access, slack: { kind: 'socket', botToken, appToken, apiUrl } },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
  const message = room.workspace.messages('#alerts').find(({ bot_id }) => bot_id)!;
  return { message, user: room.workspace.user('anna') };
}

describe('Alertmanager', () => {
  it('proposes; nobody is paged, nothing is declared', async () => {
    const { room, alerts } = await sceneOf();
    expect(await alerts()).toEqual([200, 'new']);
    expect(room.said()).toEqual([
      expect.stringMatching(/Alertmanager: HighErrorRate on api.*since.*08:56.*12 % fail.*critical.*Nobody is paged/),
    ]);
    expect(room.said()[0]).toContain('incident.dismiss');
    expect(room.pages()).toEqual([]);
    expect(await room.incidents.list(5, 'everything')).toEqual([]);
  });

  it('that repeats itself, or flaps, is one proposal, edited; later it is another', async () => {
    const { room, alerts } = await sceneOf();
    expect(await alerts()).toEqual([200, 'new']);
    expect(await alerts()).toEqual([200, 'still']);
    for (let n = 0; n < 4; n += 1) {
      room.clock.move(5 * minute);
      expect(await alerts(resolved)).toEqual([200, 'over']);
      expect(room.said()[0]).toContain('over by itself');
      expect(await alerts(resolved)).toEqual([200, 'unknown']);
      room.clock.move(5 * minute);
      expect(await alerts()).toEqual([200, 'again']);
    }
    expect(room.said()).toEqual([expect.stringContaining('came 5 times')]);
    await alerts(resolved);
    room.clock.move(40 * minute);
    expect(await alerts()).toEqual([200, 'new']);
    expect(room.said()).toHaveLength(2);
  });

  it('that is sent again each hour while it goes on is one proposal', async () => {
    const { room, alerts } = await sceneOf();
    expect(await alerts()).toEqual([200, 'new']);
    for (let hours = 0; hours < 12; hours += 1) {
      room.clock.move(60 * minute);
      expect(await alerts()).toEqual([200, 'still']);
    }
    expect(room.said()).toHaveLength(1);
  });

  it('sent by many at once, over a lost answer of Slack, is one proposal and one message', async () => {
    const { room, alerts } = await sceneOf();
    room.workspace.fault('chat.postMessage', { kind: 'drop-response' });
    const all = await Promise.all(Array.from({ length: 6 }, () => alerts()));
    expect(all.map(([, what]) => what).sort()).toEqual(['new', ...Array(5).fill('still')]);
    expect(room.said()).toHaveLength(1);
  });

  it('heard by many replicas at once is one proposal', async () => {
    const { incidents, store: server } = await roomOf(await serverStore());
    const read = readAlertmanager(body({}));
    if ('invalid' in read) throw new Error(read.invalid);
    // Each has its connection: else they would come one after another.
    await Promise.all(Array.from({ length: 8 }, () => server.pool.query('select pg_sleep(0.3)')));
    const all = await Promise.all(Array.from({ length: 8 }, () => incidents.proposals.heard(read.signal)));
    expect(all.filter((what) => what === 'new')).toHaveLength(1);
    expect((await server.pool.query('select id from incident_proposal')).rows).toHaveLength(1);
  });

  it.each([
    ['no token', body({}), {}, 401],
    ['a wrong token', body({}), { authorization: 'Bearer another-token-here' }, 401],
    ['no JSON', '<xml/>', { authorization: `Bearer ${token}` }, 400],
    ['another shape', '{"alerts": 3}', { authorization: `Bearer ${token}` }, 400],
    ['more than 1 MB', 'x'.repeat(1_100_000), { authorization: `Bearer ${token}` }, 413],
  ])('with %s is refused', async (_, text, headers, status) => {
    const { room, post } = await sceneOf();
    const [answered, words] = await post('alertmanager', text, headers as Record<string, string>);
    expect(answered).toBe(status);
    if (status < 413) expect(words).toMatch(/ALERTMANAGER_WEBHOOK_TOKEN|not what Alertmanager sends/);
    expect(room.said()).toEqual([]);
  });

  it('while the database is away is told to send it again', async () => {
    const { room } = await sceneOf();
    const away = { ...room.incidents.proposals, heard: () => Promise.reject(new Error('Connection terminated')) };
    const hook = alertmanagerHook(token, { proposals: away }, memoryLog());
    const headers = { authorization: `Bearer ${token}` };
    const answer = await hook(Buffer.from(body({})), { headers } as Parameters<typeof hook>[1]);
    expect(answer.status).toBe(503);
  });

  it('with hostile words is inert', async () => {
    const { room, alerts } = await sceneOf();
    const hostile = '<!channel> <https://evil.example|ok> \u0000'.repeat(200);
    const labels = { alertname: hostile, service: hostile, severity: hostile };
    await alerts({ commonLabels: labels, commonAnnotations: { summary: hostile }, externalURL: 'javascript:x' });
    expect(room.said()[0]).not.toMatch(/<!channel>|<https:\/\/evil|javascript/);
  });
});

describe('a person', () => {
  it('declares from it: the dialog is filled, the page leaves, the message says which incident', async () => {
    const { room, alerts } = await sceneOf();
    await alerts();
    const { message, user } = await botOf(room);
    await user.click(message, 'incident.proposed');
    const view = await dialog(room.workspace, 'anna', 'How bad is it?');
    const begun = JSON.stringify(view);
    for (const words of ['HighErrorRate on api', '12 % fail', '"value":"p0"']) expect(begun).toContain(words);
    await user.submit(view, {});
    await eventually(async () => expect(await room.incidents.list(5, 'everything')).toHaveLength(1));
    await room.queue.finish();
    expect(await room.incident(1)).toMatchObject({
      ...{ title: 'HighErrorRate on api', severity: 'p0', systems: 'api' },
      origin: { kind: 'alert', source: 'alertmanager', name: 'HighErrorRate' },
    });
    expect(room.pages()).toMatchObject([{ count: 1 }]);
    expect(room.said()[0]).toContain('→ INC-1');
    expect(room.said()[0]).not.toContain('incident.proposed');
    expect(await alerts()).toEqual([200, 'still']);
  });

  it('cannot declare it twice: whoever was second is told which it is', async () => {
    const { room, alerts } = await sceneOf();
    await alerts();
    const declared = { severity: 'P1', title: 'API', proposal: 1 };
    const first = room.incidents.journal.declare(asker, { ...declared, key: 'a' });
    await first;
    await expect(room.incidents.journal.declare(asker, { ...declared, key: 'b' })).rejects.toMatchObject({
      ...{ code: 'conflict', message: expect.stringContaining('INC-1') },
    });
    expect(await room.incidents.journal.declare(asker, { ...declared, key: 'a' })).toMatchObject({ kind: 'known' });
    expect(await room.incidents.list(5, 'everything')).toHaveLength(1);
    const { message, user } = await botOf(room);
    await user.click(message, 'incident.proposed');
    await dialog(room.workspace, 'anna', 'INC-1 was declared from it already');
  });

  it('dismisses it, which stands in the audit, and is not asked again while it goes on', async () => {
    const { room, alerts } = await sceneOf();
    await alerts();
    const { message, user } = await botOf(room);
    await user.click(message, 'incident.dismiss');
    await room.workspace.waitFor(() => room.workspace.ephemerals('anna').length > 0, { what: 'the answer' });
    await room.queue.finish();
    expect(room.said()).toEqual([expect.stringContaining('Not an incident, says <@U0ANNA0001>')]);
    room.clock.move(240 * minute);
    expect(await alerts()).toEqual([200, 'still']);
    expect(room.said()).toHaveLength(1);
    const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 5 });
    expect(rows.map(({ recorded }) => [recorded?.actor, recorded?.action, recorded?.target])).toContainEqual([
      ...[anna.id, 'proposal.dismiss', 'proposal/1'],
    ]);
  });

  it('who only looks dismisses nothing', async () => {
    const { room, alerts } = await sceneOf();
    await alerts();
    const { message, user } = await botOf(room, viewersOnly);
    await user.click(message, 'incident.dismiss');
    await room.workspace.waitFor(() => room.workspace.ephemerals('anna').length > 0, { what: 'the refusal' });
    expect(await room.incidents.proposals.show(1)).toMatchObject({ state: 'open' });
  });
});

describe('PagerDuty', () => {
  it("proposes what somebody else's alert opened, and says when it is over", async () => {
    const { room, pager } = await sceneOf();
    await pager('triggered');
    await pager('triggered');
    expect(room.said()).toEqual([expect.stringContaining('PagerDuty: Disk is full')]);
    await pager('resolved', {}, new Date(room.clock.now().getTime() + minute));
    expect(room.said()).toEqual([expect.stringContaining('over by itself')]);
  });

  it('proposes neither our own pages, nor what was over before it was told of', async () => {
    const { room, pager } = await sceneOf();
    await pager('triggered', { incident_key: 'rounds:42:1' });
    await pager('resolved', {}, new Date(room.clock.now().getTime() + minute));
    await pager('triggered');
    expect(room.said()).toEqual([]);
  });
});
