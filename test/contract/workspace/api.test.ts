import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, refusal } from './support.ts';

let workspace: Workspace;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-02T09:00:00Z');
  workspace = await startWorkspace({ clock: { now: () => now } });
});

afterEach(() => workspace.close());

const ops = () => workspace.channel('#ops').id;
const post = (text = 'hello') => client(workspace).chat.postMessage({ channel: ops(), text });

describe('tokens', () => {
  it('identify the bot', async () => {
    const { teamId, botUser, botId } = workspace.identity;
    const answer = await client(workspace).auth.test();
    expect(answer).toMatchObject({ ok: true, user_id: botUser, bot_id: botId, team_id: teamId });
    expect(answer.response_metadata?.scopes).toContain('chat:write.public');
  });

  it.each([
    ['not_authed', async () => client(workspace, '').auth.test()],
    ['invalid_auth', async () => client(workspace, 'xoxb-made-up').auth.test()],
    [
      'token_revoked',
      async () => {
        workspace.revokeToken(workspace.botToken);
        return client(workspace).auth.test();
      },
    ],
    [
      'account_inactive',
      async () => {
        workspace.revokeToken(workspace.botToken, 'inactive');
        return client(workspace).auth.test();
      },
    ],
    ['unknown_method', async () => client(workspace).apiCall('chat.postTelegram')],
    ['not_allowed_token_type', async () => client(workspace).apiCall('apps.connections.open')],
    ['not_allowed_token_type', async () => client(workspace, workspace.appToken).users.list({})],
  ])('are refused with %s', async (error, call) => {
    expect((await refusal(call())).error).toBe(error);
  });

  it('need the scope of the method', async () => {
    const token = workspace.issueToken('bot', ['users:read']);
    const answer = await refusal(client(workspace, token).chat.postMessage({ channel: ops(), text: 'x' }));
    expect(answer).toMatchObject({ error: 'missing_scope', needed: 'chat:write', provided: 'users:read' });
    expect(answer.response_metadata).toMatchObject({ scopes: ['users:read'], acceptedScopes: ['chat:write'] });
  });

  it('may come in the body, and arguments as JSON', async () => {
    const send = (body: unknown, contentType: string, token?: string) =>
      fetch(`${workspace.apiUrl}auth.test`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': contentType, ...(token && { authorization: `Bearer ${token}` }) },
      }).then((response) => response.json());
    expect(await send(`token=${workspace.botToken}`, 'application/x-www-form-urlencoded')).toMatchObject({ ok: true });
    expect(await send({}, 'application/json; charset=utf-8', workspace.botToken)).toMatchObject({ ok: true });
    expect(await send('{', 'application/json')).toMatchObject({ ok: false, error: 'invalid_json' });
    expect(await send('[]', 'application/json')).toMatchObject({ ok: false, error: 'json_not_object' });
    expect(await send('x', 'application/pdf')).toMatchObject({ ok: false, error: 'invalid_post_type' });
  });

  it('echo through api.test without any', async () => {
    expect(await client(workspace, '').apiCall('api.test', { colour: 'red' })).toMatchObject({
      ok: true,
      args: { colour: 'red' },
    });
    expect((await refusal(client(workspace, '').api.test({ error: 'my_error' }))).error).toBe('my_error');
  });
});

describe('rates', () => {
  it('let one message a second into each channel', async () => {
    workspace.enforceRateLimits();
    await post();
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    await client(workspace).chat.postMessage({ channel: workspace.channel('#alerts').id, text: 'elsewhere' });
    now = new Date(now.getTime() + 1000);
    await post();
    expect(workspace.messages('#ops')).toHaveLength(2);
  });

  it.each([
    ['conversations.list', 20],
    ['conversations.info', 50],
    ['users.info', 100],
  ])('limit %s to %i a minute', async (method, perMinute) => {
    workspace.enforceRateLimits();
    const slack = client(workspace);
    const call = () => slack.apiCall(method, { channel: ops(), user: workspace.user('anna').id });
    for (let i = 0; i < perMinute; i += 1) await call();
    await expect(call()).rejects.toMatchObject({ retryAfter: 60 });
    now = new Date(now.getTime() + 60_000);
    await call();
  });

  it('can be met on demand', async () => {
    workspace.fault('chat.postMessage', { kind: 'ratelimited', retryAfterSeconds: 7 });
    await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
    await post();
    expect(workspace.messages('#ops')).toHaveLength(1);
  });
});

describe('faults on demand', () => {
  it('lose the request: nothing happened', async () => {
    workspace.fault('chat.postMessage', { kind: 'drop-request' });
    await expect(post()).rejects.toThrow();
    expect(workspace.messages('#ops')).toHaveLength(0);
  });

  it('lose the response: it happened, and the caller cannot know', async () => {
    workspace.fault('chat.postMessage', { kind: 'drop-response' });
    await expect(post()).rejects.toThrow();
    expect(workspace.messages('#ops')).toHaveLength(1);
    expect(workspace.traffic[0]).toMatchObject({ method: 'chat.postMessage', faulted: true });
    expect(workspace.traffic[0]).not.toHaveProperty('answer');
  });

  it('answer HTTP 500, an error, or late, for as many calls as asked', async () => {
    workspace.fault('chat.postMessage', { kind: 'http', status: 500 }, 2);
    workspace.fault('*', { kind: 'error', error: 'fatal_error' });
    workspace.fault('chat.postMessage', { kind: 'delay', ms: 120 });
    await expect(post()).rejects.toMatchObject({ statusCode: 500 });
    await expect(post()).rejects.toMatchObject({ statusCode: 500 });
    expect((await refusal(post())).error).toBe('fatal_error');
    const startedMs = performance.now();
    await post('late');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
    expect(workspace.messages('#ops').map((m) => m.text)).toEqual(['late']);
  });

  it('are forgotten on request', async () => {
    workspace.fault('*', { kind: 'http', status: 503 }, 100);
    workspace.clearFaults();
    await post();
  });
});

describe('traffic', () => {
  it('keeps each call with arguments, answer and duration, never the token', async () => {
    await post('seen');
    expect(workspace.traffic).toHaveLength(1);
    expect(workspace.traffic[0]).toMatchObject({
      method: 'chat.postMessage',
      args: { text: 'seen' },
      answer: { ok: true },
      status: 200,
      faulted: false,
    });
    expect(JSON.stringify(workspace.traffic)).not.toContain(workspace.botToken);
  });
});

describe('waitFor', () => {
  it('answers once the state is there, and says what it waited for when it never is', async () => {
    const waiting = workspace.waitFor(() => workspace.messages('#ops')[0]);
    await post('here');
    expect((await waiting).text).toBe('here');
    await expect(workspace.waitFor(() => false, { timeoutMs: 20, what: 'a miracle' })).rejects.toThrow('a miracle');
  });
});
