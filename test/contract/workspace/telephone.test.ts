import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTelephone } from '../../../src/telephone/telephone.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';

const { signal } = new AbortController();
const BEN = '+12025550101';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await startWorkspace();
});
afterEach(() => workspace.close());

const received = () => workspace.phone.received();
const telephone = (changes: { authToken?: string } = {}) =>
  createTelephone({ ...workspace.phone.telephone, ...changes });

/** A request as anybody may write it. */
async function ask(
  path: string,
  form: Record<string, string>,
  { token = workspace.phone.telephone.authToken, method = 'POST' } = {},
) {
  const { url, accountSid } = workspace.phone.telephone;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`;
  const response = await fetch(`${url}/2010-04-01/Accounts/${path}`, {
    ...{ method, headers: { authorization } },
    ...(method === 'POST' && { body: new URLSearchParams(form) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const ours = (name: string) => `${workspace.phone.telephone.accountSid}/${name}.json`;
const from = () => workspace.phone.telephone.from;

describe('the telephone service', () => {
  it('takes texts and calls as the bot makes them, and shows what was said', async () => {
    await telephone().text(BEN, 'INC-1: API is down', signal);
    await telephone().call('+1 (202) 555-0100', 'Fish & <Chips> "down"', signal);
    expect(received()).toMatchObject([
      { id: 1, way: 'text', to: BEN, name: 'Ben', from: from(), words: 'INC-1: API is down' },
      {
        ...{ id: 2, way: 'call', to: '+12025550100', name: 'Anna' },
        words: 'Fish & <Chips> "down"\nOnce more. Fish & <Chips> "down"',
      },
    ]);
  });

  it('answers as Twilio does: 201 and the sid of what was made', async () => {
    expect(await ask(ours('Messages'), { To: BEN, From: from(), Body: 'x' })).toMatchObject({
      status: 201,
      body: { sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), status: 'queued', to: BEN, body: 'x' },
    });
    const call = { To: BEN, From: from(), Twiml: '<Response><Say voice="alice">&#72;i &#x1F6A8;</Say></Response>' };
    expect(await ask(ours('Calls'), call)).toMatchObject({
      status: 201,
      body: { sid: expect.stringMatching(/^CA[0-9a-f]{32}$/), status: 'queued' },
    });
    expect(received()[1]?.words).toBe('Hi 🚨');
  });

  it('refuses another token, and whoever brings none', async () => {
    await expect(telephone({ authToken: 'wrong' }).text(BEN, 'x', signal)).rejects.toMatchObject({
      reason: 'unauthorized',
    });
    const response = await fetch(`${workspace.phone.telephone.url}/2010-04-01/Accounts/${ours('Calls')}`, {
      method: 'POST',
    });
    expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ code: 20003 })]);
    expect(received()).toEqual([]);
  });

  it.each([
    ['no number', 'Messages', { To: '' }, 400, 21604],
    ['no number that can be called', 'Calls', { To: '112', Twiml: '<Response/>' }, 400, 21211],
    ['the number of somebody else', 'Messages', { From: '+15550100', Body: 'x' }, 400, 21606],
    ['no words', 'Messages', {}, 400, 21602],
    ['too many words', 'Messages', { Body: 'x'.repeat(1_601) }, 400, 21617],
    ['nothing to say', 'Calls', {}, 400, 21205],
    ['too much to say', 'Calls', { Twiml: 'x'.repeat(4_001) }, 400, 21494],
    ['a body without end', 'Messages', { Body: 'x'.repeat(70_000) }, 413, 20413],
  ])('refuses %s', async (_, what, form, status, code) => {
    expect(await ask(ours(what), { To: BEN, From: from(), ...form })).toMatchObject({ status, body: { code } });
    expect(received()).toEqual([]);
  });

  it('has nothing else, and no other account', async () => {
    const form = { To: BEN, From: from(), Body: 'x' };
    expect((await ask('AC0123/Messages.json', form)).status).toBe(404);
    expect((await ask(ours('Recordings'), form)).status).toBe(404);
    expect((await ask(ours('Messages'), {}, { method: 'GET' })).status).toBe(404);
    expect(received()).toEqual([]);
  });

  it('shows of hostile words what can be read', async () => {
    const script = '<Response><Say>a\u202eb&#0;&#7;&#x110000;&nope;<Hangup/></Say><Say>then</Say>';
    await ask(ours('Calls'), { To: BEN, From: from(), Twiml: script });
    await ask(ours('Messages'), { To: BEN, From: from(), Body: 'x\u0000\u001b[1m\ud800y' });
    expect(received().map(({ words }) => words)).toEqual(['then', 'x[1m\ufffdy']);
  });

  it('meets faults as Slack does', async () => {
    workspace.fault('twilio.messages', { kind: 'http', status: 503 });
    await expect(telephone().text(BEN, 'x', signal)).rejects.toMatchObject({ reason: 'unavailable' });
    workspace.fault('twilio.calls', { kind: 'ratelimited', retryAfterSeconds: 3 });
    await expect(telephone().call(BEN, 'x', signal)).rejects.toMatchObject({ reason: 'rate_limited' });
    workspace.fault('twilio.messages', { kind: 'drop-response' });
    await expect(telephone().text(BEN, 'x', signal)).rejects.toMatchObject({ reason: 'unconfirmed' });
    expect(received().length).toBe(1);
  });
});
