import { createConnection } from 'node:net';
import { api } from '@pagerduty/pdjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTelephone } from '../../../../src/telephone/telephone.ts';
import type { Workspace } from '../../../../src/workspace/workspace.ts';
import { ANNA, control, startWithPage, visit } from './support.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await startWithPage();
});
afterEach(() => workspace.close());

const payload = { summary: 'API down', source: 'rounds', severity: 'critical' };

async function enqueue(
  changes: Record<string, unknown> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { eventsUrl, routingKey } = workspace.phone;
  const event = { routing_key: routingKey, event_action: 'trigger', dedup_key: 'api', payload, ...changes };
  const response = await fetch(`${eventsUrl}/v2/enqueue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

describe('an event', () => {
  it('rings, counts up while its alert is open, is acknowledged and resolved, and rings anew', async () => {
    const links = [{ href: 'https://x.example/inc', text: 'Incident' }, { href: 'javascript:alert(1)' }];
    const first = await enqueue({ links, payload: { ...payload, custom_details: { check: 'api' } } });
    expect(first).toEqual({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'api' },
    });
    expect(workspace.phone.pages()).toEqual([
      {
        dedupKey: 'api',
        ...payload,
        details: { check: 'api' },
        links: [{ href: 'https://x.example/inc', text: 'Incident' }],
        status: 'triggered',
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        count: 1,
      },
    ]);
    await enqueue();
    await enqueue({ event_action: 'acknowledge', payload: undefined });
    await enqueue();
    expect(workspace.phone.pages()).toMatchObject([{ status: 'acknowledged', count: 3 }]);
    await enqueue({ event_action: 'resolve', payload: undefined });
    await enqueue();
    expect(workspace.phone.pages()).toMatchObject([
      { status: 'resolved', count: 3 },
      { status: 'triggered', count: 1 },
    ]);
  });

  it('without a dedup key gets one; one about no alert does nothing', async () => {
    const { body } = await enqueue({ dedup_key: undefined });
    expect(body.dedup_key).toMatch(/^[0-9a-f]{32}$/);
    expect(workspace.phone.pages()[0]?.dedupKey).toBe(body.dedup_key);
    expect((await enqueue({ event_action: 'resolve', dedup_key: 'unheard-of' })).status).toBe(202);
    expect(workspace.phone.pages().length).toBe(1);
  });

  it.each([
    [{ routing_key: undefined }, "'routing_key' is missing or blank"],
    [{ routing_key: 'short' }, "Length of 'routing_key' is incorrect (should be 32 characters)"],
    [{ routing_key: 'a'.repeat(32) }, 'Invalid routing key'],
    [{ event_action: undefined }, "'event_action' is missing or blank"],
    [{ event_action: 'shout' }, /'event_action' is invalid/],
    [{ dedup_key: 'x'.repeat(256) }, /'dedup_key' is invalid/],
    [{ dedup_key: undefined, event_action: 'resolve' }, "'dedup_key' is missing or blank"],
    [{ payload: undefined }, "'payload' is missing or blank"],
    [{ payload: { ...payload, summary: '' } }, "'payload.summary' is missing or blank"],
    [{ payload: { ...payload, summary: 'x'.repeat(1_025) } }, /'payload.summary' is too long/],
    [{ payload: { ...payload, source: undefined } }, "'payload.source' is missing or blank"],
    [{ payload: { ...payload, severity: undefined } }, "'payload.severity' is missing or blank"],
    [{ payload: { ...payload, severity: 'high' } }, /'payload.severity' is invalid/],
    [{ payload: { ...payload, source: 7 } }, /'payload.source' is invalid/],
  ])('%j is refused', async (changes, error) => {
    const { status, body } = await enqueue(changes);
    expect([status, body]).toEqual([
      400,
      {
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: [typeof error === 'string' ? error : expect.stringMatching(error)],
      },
    ]);
    expect(workspace.phone.pages()).toEqual([]);
  });

  it('at its limits is taken, beyond 512 KB it is not', async () => {
    expect(
      (await enqueue({ dedup_key: 'x'.repeat(255), payload: { ...payload, summary: 'x'.repeat(1_024) } })).status,
    ).toBe(202);
    const large = { ...payload, custom_details: { text: 'x'.repeat(512 * 1_024) } };
    expect((await enqueue({ payload: large })).status).toBe(413);
    expect(workspace.phone.pages().length).toBe(1);
  });

  it('that is no JSON is refused', async () => {
    const response = await fetch(`${workspace.phone.eventsUrl}/v2/enqueue`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
  });

  it('survives a sender that goes away in the middle', async () => {
    const { hostname, port } = new URL(workspace.phone.eventsUrl);
    const socket = createConnection(Number(port), hostname);
    const head = 'POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{';
    await new Promise((resolve) => socket.write(head, resolve));
    socket.destroy();
    expect((await enqueue()).status).toBe(202);
  });
});

describe('faults', () => {
  const stand = (fault: Record<string, unknown>) =>
    control(workspace, { kind: 'fault', method: 'pagerduty.enqueue', fault });

  it.each([
    [{ kind: 'http', status: 503 }, 503],
    [{ kind: 'ratelimited', retryAfterSeconds: 5 }, 429],
    [{ kind: 'error', error: 'broken' }, 400],
  ])('%j stand for it as for a method of Slack', async (fault, status) => {
    await stand(fault);
    expect((await enqueue()).status).toBe(status);
    expect(workspace.phone.pages()).toEqual([]);
  });

  it('break the connection before or after the phone rang', async () => {
    await stand({ kind: 'drop-request' });
    await expect(enqueue()).rejects.toThrow();
    expect(workspace.phone.pages()).toEqual([]);
    await stand({ kind: 'drop-response' });
    await expect(enqueue()).rejects.toThrow();
    expect(workspace.phone.pages()).toMatchObject([{ count: 1 }]);
  });

  it('delay it', async () => {
    await stand({ kind: 'delay', ms: 200 });
    const startedMs = performance.now();
    await enqueue();
    expect(performance.now() - startedMs).toBeGreaterThan(190);
  });
});

describe('on the page', () => {
  it('it rings, is acknowledged and resolved, and the drawer shows the event without its key', async () => {
    const anna = await visit(workspace, ANNA);
    await enqueue();
    await anna.hears('pages', ({ pages }) => pages[0]?.status === 'triggered');
    const { entry } = await anna.hears('traffic', (event) => event.entry.method === 'pagerduty.enqueue');
    expect(entry).toMatchObject({ kind: 'call', status: 202, sent: { event_action: 'trigger' } });
    expect(JSON.stringify(anna.heard)).not.toContain(workspace.phone.routingKey);
    const press = (act: string) => control(workspace, { kind: 'page', dedupKey: 'api', act });
    expect(await press('acknowledge')).toEqual({ ok: true });
    await anna.hears('pages', ({ pages }) => pages[0]?.status === 'acknowledged');
    expect(await press('resolve')).toEqual({ ok: true });
    await anna.hears('pages', ({ pages }) => pages[0]?.status === 'resolved');
    expect(await press('resolve')).toMatchObject({ ok: false, message: 'No page with the key api is open' });
    await anna.leave();
  });

  it('what comes otherwise is told to every page at once, and is there for whoever opens it later', async () => {
    const anna = await visit(workspace, ANNA);
    await createTelephone(workspace.phone.telephone).text('+12025550101', 'API down', new AbortController().signal);
    const { item } = await anna.hears('received');
    expect(item).toMatchObject({ way: 'text', name: 'Ben', words: 'API down' });
    const { entry } = await anna.hears('traffic', (event) => event.entry.method === 'twilio.messages');
    expect(entry).toMatchObject({ kind: 'call', status: 201, sent: { To: '+12025550101' } });
    expect(JSON.stringify(anna.heard)).not.toContain(workspace.phone.telephone.authToken);
    const later = await visit(workspace, ANNA);
    expect([anna.snapshot.received, later.snapshot.received]).toEqual([[], [item]]);
    await Promise.all([anna.leave(), later.leave()]);
  });

  it('it rings for nobody when nobody is on call', async () => {
    expect(await control(workspace, { kind: 'on_call', users: [] })).toEqual({ ok: true });
    expect((await enqueue()).status).toBe(202);
    expect([workspace.phone.onCall(), workspace.phone.pages()]).toEqual([[], []]);
    expect(await control(workspace, { kind: 'on_call', users: ['UNOBODY'] })).toMatchObject({ ok: false });
    await control(workspace, { kind: 'on_call', users: [ANNA] });
    await enqueue();
    expect(workspace.phone.pages()).toMatchObject([{ status: 'triggered' }]);
  });
});

describe('the REST API', () => {
  const ask = (path: string, token = workspace.phone.apiToken) =>
    api({ url: `${workspace.phone.apiUrl}${path}`, token });

  it('answers what the doctor asks, to who holds the token', async () => {
    expect((await ask('/abilities')).status).toBe(200);
    const { from } = workspace.phone;
    expect((await ask(`/users?query=${encodeURIComponent(from)}&limit=100`)).data).toMatchObject({
      users: [{ email: from }],
    });
    expect((await ask('/users?query=nobody')).data).toMatchObject({ users: [] });
    expect((await ask('/abilities', 'wrong')).status).toBe(401);
    expect((await ask('/unknown')).status).toBe(404);
  });
});
