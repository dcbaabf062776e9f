import { api } from '@pagerduty/pdjs';
import { afterEach, describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { createEvents } from '../../../src/paging/events.ts';
import { createPagerIncidents } from '../../../src/paging/incidents.ts';
import type { PagerTrigger } from '../../../src/paging/model.ts';
import { createOnCalls } from '../../../src/paging/on-call.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { answer, breakOff, hang, Misbehaving, reset } from '../../support/paging.ts';

const ANNA = 'U0ANNA0001';
const BEN = 'U0BEN00001';
const token = 'a-token-of-the-tests';
const { signal } = new AbortController();
const page: PagerTrigger = {
  ...{ action: 'trigger', dedupKey: 'rounds:1:1', summary: 'API down', source: 'api', severity: 'critical' },
};
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function against(...behaviours: ConstructorParameters<typeof Misbehaving>) {
  const server = await new Misbehaving(...behaviours).start();
  closing.push(() => server.stop());
  return { server, onCalls: createOnCalls({ url: server.url, token, timeoutMs: 400 }) };
}

async function startPhone() {
  const workspace = await startWorkspace();
  closing.push(() => workspace.close());
  const { phone } = workspace;
  const options = { url: phone.apiUrl, token: phone.apiToken };
  const events = createEvents({ url: phone.eventsUrl });
  return {
    ...{ workspace, phone, onCalls: createOnCalls(options), incidents: createPagerIncidents(options) },
    send: (event: Parameters<typeof events.send>[1]) => events.send(phone.routingKey, event, signal),
  };
}

async function failureOf(asking: Promise<unknown>): Promise<PortError> {
  const error = await asking.then(
    (done) => expect.fail(`it went through: ${JSON.stringify(done)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PortError)) throw error;
  expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(token);
  return error;
}

/** An answer about who is on call, as PagerDuty gives it. */
const onCall = (id: string, level: number, more: Record<string, unknown> = {}) => ({
  escalation_policy: { id: 'P1', summary: 'Platform' },
  escalation_level: level,
  user: { id, type: 'user', name: `Name of ${id}`, email: `${id}@example.com` },
  ...{ schedule: null, start: null, end: null, ...more },
});
const contacts = (...methods: unknown[]) => answer(200, { user: { contact_methods: methods } });

describe('who is on call', () => {
  it('is told by the phone: by level, with numbers, schedule and end of the shift', async () => {
    const { onCalls } = await startPhone();
    expect(await onCalls.now()).toEqual([
      {
        ...{
          userId: 'P0ANNA0001',
          name: 'Anna',
          email: 'anna@example.com',
          level: 1,
          policy: 'Rounds',
          policyId: 'PROUNDS',
        },
        ...{
          schedule: 'On call',
          scheduleId: 'PSCHED1',
          until: expect.any(Date),
          phones: [expect.stringMatching(/^\+1202555\d{4}$/)],
        },
      },
      expect.objectContaining({ name: 'Ben', level: 2, phones: [expect.any(String)] }),
    ]);
    expect(await onCalls.now(['PROUNDS'])).toHaveLength(2);
    expect(await onCalls.now(['POTHER'])).toEqual([]);
  });

  it('nobody is an answer', async () => {
    const { phone, onCalls } = await startPhone();
    phone.setOnCall([]);
    expect(await onCalls.now()).toEqual([]);
    phone.setOnCall([BEN]);
    expect(await onCalls.now()).toMatchObject([{ name: 'Ben', level: 1 }]);
  });

  it('comes in pages, and everybody is asked about once', async () => {
    const { server, onCalls } = await against(
      answer(200, { oncalls: [onCall('B', 2), onCall('A', 2)], more: true, limit: 100, offset: 0 }),
      answer(200, {
        oncalls: [onCall('A', 1, { schedule: { id: 'S', summary: 'Nights' }, end: '2026-03-01T09:00:00+01:00' })],
        more: false,
      }),
      contacts(),
    );
    const found = await onCalls.now(['P1', 'P 2']);
    expect(found.map(({ name, level }) => [name, level])).toEqual([
      ['Name of A', 1],
      ['Name of A', 2],
      ['Name of B', 2],
    ]);
    expect(found[0]).toMatchObject({ schedule: 'Nights', until: new Date('2026-03-01T08:00:00Z') });
    const lines = server.asked.map(({ line }) => line);
    const path = '/oncalls?include[]=users&escalation_policy_ids[]=P1&escalation_policy_ids[]=P%202';
    expect(lines.slice(0, 2)).toEqual([`GET ${path}&limit=100&offset=0`, `GET ${path}&limit=100&offset=100`]);
    expect(lines.slice(2).sort()).toEqual(['A', 'B'].map((id) => `GET /users/${id}?include[]=contact_methods`));
    expect(server.asked[0]?.authorization).toBe(`Token token=${token}`);
  });

  it('has the numbers to call first, each once; those of other kinds are left out', async () => {
    const { onCalls } = await against(
      answer(200, { oncalls: [onCall('A', 1)], more: false }),
      contacts(
        { type: 'email_contact_method', address: 'a@example.com' },
        { type: 'sms_contact_method', address: '2025550102', country_code: 1 },
        { type: 'sms_contact_method', address: '2025550101', country_code: 1 },
        { type: 'phone_contact_method', address: '2025550101', country_code: 1 },
        { type: 'phone_contact_method_reference', summary: 'gone' },
      ),
    );
    expect((await onCalls.now())[0]?.phones).toEqual(['+12025550101', '+12025550102']);
  });

  it('is told without numbers, and why, when PagerDuty does not give them', async () => {
    const { onCalls } = await against(answer(200, { oncalls: [onCall('A', 1)], more: false }), answer(500, {}));
    expect(await onCalls.now()).toMatchObject([
      { name: 'Name of A', phones: [], phonesUnknown: 'PagerDuty answers 500' },
    ]);
  });
});

describe("the library's traps", () => {
  it.each([
    ['a call that hangs', hang, 'timeout', true, 'PagerDuty did not answer within 0.4 s'],
    ['a body that breaks off, for which it waits on', breakOff(200), 'timeout', true, 'did not answer within 0.4 s'],
    ['a broken connection', reset, 'unreachable', true, "PagerDuty can't be reached (ECONNRESET)"],
    ['a 500, which it resolves', answer(500, {}), 'unavailable', true, 'PagerDuty answers 500'],
    ['a 502 with HTML', answer(502, '<html>'), 'unavailable', true, 'PagerDuty answers 502'],
    ['a 200 that is no JSON', answer(200, '<html>'), 'invalid_answer', true, 'PagerDuty answered 200, and no JSON'],
    [
      'a 200 of another shape',
      answer(200, { users: [] }),
      'invalid_answer',
      true,
      "PagerDuty's answer can't be read (at oncalls)",
    ],
    ['a refused token', answer(401, {}), 'unauthorized', false, 'set PAGERDUTY_API_TOKEN'],
    [
      'a 400',
      answer(400, { error: { message: 'Invalid', errors: ['a@example.com'] } }),
      'refused',
      false,
      '400: Invalid: [e-mail]',
    ],
  ])('%s is an error with its reason, in time', async (_, behaviour, reason, retryable, message) => {
    const { onCalls } = await against(behaviour);
    const startedMs = performance.now();
    const error = await failureOf(onCalls.now());
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(error).toMatchObject({ reason, retryable, message: expect.stringContaining(message) });
  });

  it('a 429 is not waited out for 20 s; the pause that PagerDuty names is passed on', async () => {
    const { server } = await against(answer(429, {}, { 'ratelimit-reset': '12' }));
    const onCalls = createOnCalls({ url: server.url, token, timeoutMs: 10_000 });
    const startedMs = performance.now();
    expect(await failureOf(onCalls.now())).toMatchObject({
      reason: 'rate_limited',
      retryable: true,
      retryAfterMs: 12_000,
    });
    expect(performance.now() - startedMs).toBeLessThan(8_000);
  });

  it('a call is ended from outside', async () => {
    const { onCalls } = await against(hang);
    expect(await failureOf(onCalls.now([], AbortSignal.timeout(50)))).toMatchObject({
      reason: 'stopped',
      retryable: true,
    });
    expect(await failureOf(onCalls.now([], AbortSignal.abort()))).toMatchObject({ reason: 'stopped' });
  });
});

describe('the incident of a page', () => {
  it('is followed from ringing to the end', async () => {
    const { phone, incidents, send, workspace } = await startPhone();
    expect(await incidents.find('rounds:1:1')).toBeUndefined();
    await send(page);
    await send({ ...page, dedupKey: 'other' });
    const rung = await incidents.find('rounds:1:1');
    expect(rung).toEqual({
      ...{
        id: expect.stringMatching(/^Q/),
        status: 'triggered',
        at: expect.any(Date),
        assigned: 1,
        url: workspace.url,
      },
    });
    phone.acknowledge('rounds:1:1', BEN);
    expect(await incidents.find('rounds:1:1')).toMatchObject({
      ...{ id: rung?.id, status: 'acknowledged', acknowledgedBy: { name: 'Ben', email: 'ben@example.com' } },
    });
    phone.resolve('rounds:1:1', ANNA);
    expect(await incidents.find('rounds:1:1')).toMatchObject({
      ...{ id: rung?.id, status: 'resolved', resolvedBy: { name: 'Anna' }, assigned: 0 },
    });
  });

  it('is acknowledged by nobody when an event of ours did it', async () => {
    const { incidents, send } = await startPhone();
    await send(page);
    await send({ action: 'acknowledge', dedupKey: page.dedupKey });
    const found = await incidents.find(page.dedupKey);
    expect(found).toMatchObject({ status: 'acknowledged' });
    expect(found).not.toHaveProperty('acknowledgedBy');
  });

  it('is the open one when the key was used before', async () => {
    const { incidents, send } = await startPhone();
    await send(page);
    await send({ action: 'resolve', dedupKey: page.dedupKey });
    await send({ ...page, summary: 'again' });
    expect(await incidents.find(page.dedupKey)).toMatchObject({ status: 'triggered' });
  });

  it('is none while nobody is on call, though the event was accepted; the next one rings', async () => {
    const { phone, incidents, send } = await startPhone();
    phone.setOnCall([]);
    expect(await send(page)).toEqual({ dedupKey: page.dedupKey });
    expect(await incidents.find(page.dedupKey)).toBeUndefined();
    expect(phone.pages()).toEqual([]);
    phone.setOnCall([ANNA]);
    await send(page);
    expect(await incidents.find(page.dedupKey)).toMatchObject({ status: 'triggered', assigned: 1 });
  });

  it('is looked for at any age and in any state', async () => {
    const { server } = await against(answer(200, { incidents: [], more: false }));
    expect(await createPagerIncidents({ url: server.url, token }).find('a key&more')).toBeUndefined();
    const { searchParams } = new URL(server.asked[0]?.line.slice('GET '.length) ?? '', server.url);
    expect(searchParams.get('incident_key')).toBe('a key&more');
    expect(searchParams.get('date_range')).toBe('all');
    expect(searchParams.getAll('statuses[]')).toEqual(['triggered', 'acknowledged', 'resolved']);
  });
});

describe('the phone as a REST API', () => {
  const asking = (workspace: Workspace) => async (path: string) => {
    const { status, data } = await api({ url: `${workspace.phone.apiUrl}${path}`, token: workspace.phone.apiToken });
    return { status, data };
  };

  it('lists users with contact methods whole or referred to, in pages', async () => {
    const ask = asking((await startPhone()).workspace);
    const { data } = await ask('/users?include[]=contact_methods&limit=2');
    expect(data).toMatchObject({
      more: true,
      users: [{ contact_methods: expect.arrayContaining([expect.objectContaining({ country_code: 1 })]) }, {}],
    });
    expect((await ask('/users?limit=2&offset=2')).data).toMatchObject({
      ...{
        more: false,
        users: [
          {
            contact_methods: expect.arrayContaining([
              expect.objectContaining({ type: 'phone_contact_method_reference' }),
            ]),
          },
        ],
      },
    });
    expect((await ask('/users?limit=101')).status).toBe(400);
    expect((await ask('/users/PNOBODY')).status).toBe(404);
  });

  it('meets the faults that are meant for it', async () => {
    const { workspace, onCalls } = await startPhone();
    workspace.fault('pagerduty.oncalls', { kind: 'http', status: 503 });
    expect(await failureOf(onCalls.now())).toMatchObject({ reason: 'unavailable' });
    workspace.fault('pagerduty.oncalls', { kind: 'drop-request' });
    expect(await failureOf(onCalls.now())).toMatchObject({ reason: 'unreachable' });
    expect(await onCalls.now()).toHaveLength(2);
  });

  it('knows nobody whom the workspace does not know', async () => {
    const { phone } = await startPhone();
    expect(() => phone.setOnCall(['UNOBODY'])).toThrow('There is no user UNOBODY');
  });
});
