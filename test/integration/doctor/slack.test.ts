import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { examine } from '../../../src/doctor/examine.ts';
import { channelsPart } from '../../../src/doctor/parts/channels.ts';
import { ownersPart, rolesPart } from '../../../src/doctor/parts/people.ts';
import { slackPart } from '../../../src/doctor/parts/slack.ts';
import { lookAtSlack } from '../../../src/slack/look.ts';
import { requiredScopes } from '../../../src/slack/scopes.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { checkOf, opsOf } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';

const { signal } = new AbortController();
const open: Workspace[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((workspace) => workspace.close()));
});

async function workspaceOf(): Promise<Workspace> {
  const workspace = await startWorkspace();
  open.push(workspace);
  return workspace;
}

function lookAt(workspace: Workspace, over: { botToken?: string; appToken?: string; apiUrl?: string } = {}) {
  const { botToken, appToken, apiUrl } = workspace;
  const slack = { botToken, appToken, apiUrl, ...over };
  return lookAtSlack({ slack, log: memoryLog(), signal, timeoutMs: 1_000 });
}

describe('the tokens', () => {
  const look = (slack: ReturnType<typeof lookAt>) => slackPart(slack).look(signal);

  it('are good', async () => {
    const workspace = await workspaceOf();
    expect(await look(lookAt(workspace))).toEqual([
      {
        state: 'ok',
        message: `@rounds in ${workspace.identity.teamId}, with all ${requiredScopes().length} scopes it needs`,
      },
      { state: 'ok', message: 'Slack takes the app token, for Socket Mode' },
    ]);
    expect(workspace.sockets.count()).toBe(0);
  });

  it('lack scopes', async () => {
    const workspace = await workspaceOf();
    const scopes = requiredScopes().filter((scope) => scope !== 'usergroups:read');
    const botToken = workspace.issueToken('bot', scopes);
    expect((await look(lookAt(workspace, { botToken })))[0]).toMatchObject({
      state: 'problem',
      message: expect.stringMatching(/lacks usergroups:read$/),
      fix: expect.stringContaining('reinstall the app'),
    });
  });

  it.each(['invalid_auth', 'token_revoked', 'account_inactive'])('are refused (%s)', async (error) => {
    const workspace = await workspaceOf();
    workspace.fault('auth.test', { kind: 'error', error });
    workspace.fault('apps.connections.open', { kind: 'error', error });
    const found = await look(lookAt(workspace));
    expect(found).toMatchObject([
      { state: 'problem', message: `Slack refuses SLACK_BOT_TOKEN (${error})`, fix: expect.any(String) },
      { state: 'problem', message: `Slack refuses SLACK_APP_TOKEN (${error})`, fix: expect.any(String) },
    ]);
    expect(JSON.stringify(found)).not.toContain(workspace.botToken);
  });

  it.each([
    ['hangs', { kind: 'delay', ms: 20_000 }],
    ['answers 500', { kind: 'http', status: 500 }],
    ['breaks the connection', { kind: 'drop-request' }],
  ] as const)('can not be looked at while Slack %s', async (_, fault) => {
    const workspace = await workspaceOf();
    workspace.fault('auth.test', fault);
    expect((await look(lookAt(workspace)))[0]).toMatchObject({
      state: 'problem',
      message: expect.stringContaining("Slack can't be reached"),
      fix: expect.stringContaining('network'),
    });
  });

  it('are unknown while Slack asks to wait', async () => {
    const workspace = await workspaceOf();
    workspace.fault('auth.test', { kind: 'ratelimited', retryAfterSeconds: 30 });
    workspace.fault('apps.connections.open', { kind: 'ratelimited', retryAfterSeconds: 30 });
    expect((await look(lookAt(workspace))).map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  });

  it('of Slack that nobody can reach make one finding a part, not one for each name', async () => {
    const workspace = await workspaceOf();
    const slack = lookAt(workspace, { apiUrl: 'http://127.0.0.1:1/' });
    const ops = opsOf([], { slack: { alerts: '#alerts', daily: '#ops-daily' }, roles: { operator: ['@a', '@b'] } });
    const findings = await examine([slackPart(slack), channelsPart(ops, slack), rolesPart(ops, slack)], { signal });
    expect(findings.map(({ part, state }) => `${part} ${state}`)).toEqual([
      'slack problem',
      'slack problem',
      'channels unknown',
      'roles unknown',
    ]);
  });
});

describe('channels', () => {
  const look = async (ref: string, workspace: Workspace) => {
    const ops = opsOf([], { slack: { alerts: ref } });
    return (await channelsPart(ops, lookAt(workspace)).look(signal))[0];
  };

  it('that are there with the bot in them are fine, by name and by id', async () => {
    const workspace = await workspaceOf();
    expect(await look('#alerts', workspace)).toEqual({ state: 'ok', message: 'the bot is in #alerts (slack.alerts)' });
    expect(await look(workspace.channel('alerts').id, workspace)).toMatchObject({ state: 'ok' });
  });

  it('that are not there, or private without the bot, are a problem', async () => {
    const workspace = await workspaceOf();
    for (const ref of ['#nowhere', 'C0NOWHERE0', '#board', workspace.channel('board').id]) {
      expect(await look(ref, workspace)).toMatchObject({
        state: 'problem',
        message: expect.stringContaining(`${ref} (slack.alerts) is not there, or is private`),
        fix: expect.stringContaining('/invite @rounds'),
      });
    }
  });

  it('without the bot, or archived, are a problem', async () => {
    const workspace = await workspaceOf();
    expect(await look('#random', workspace)).toMatchObject({
      state: 'problem',
      message: expect.stringContaining('the bot is not in #random'),
      fix: 'type /invite @rounds in #random',
    });
    workspace.addChannel('old', ['anna'], { is_archived: true });
    expect(await look('#old', workspace)).toMatchObject({
      state: 'problem',
      fix: expect.stringContaining('unarchive'),
    });
  });

  it('are unknown, with the scope that lacks, when the token may not read them', async () => {
    const workspace = await workspaceOf();
    const botToken = workspace.issueToken('bot', ['chat:write']);
    const slack = lookAt(workspace, { botToken });
    const found = await channelsPart(opsOf([], { slack: { alerts: '#alerts' } }), slack).look(signal);
    expect(found).toMatchObject([
      { state: 'unknown', message: expect.stringContaining('channels:read'), fix: 'reinstall the app' },
    ]);
  });
});

describe('people', () => {
  const run = async () => ({ facts: {} });

  it('who have roles: groups with members, members themselves; all others are problems', async () => {
    const workspace = await workspaceOf();
    const { groups } = workspace.state;
    const [known] = [...groups.values()].map(({ handle }) => `@${handle}`);
    groups.set('S0EMPTY001', { id: 'S0EMPTY001', handle: 'nobody', name: 'Nobody', users: [] });
    const people = { anna: workspace.user('anna').id, guest: workspace.user('cara').id };
    const roles = {
      operator: [known!, people.anna, 'os:anna'],
      approver: ['@nobody', '@gone', people.guest, 'U0GONE0000'],
    };
    const found = await rolesPart({ roles }, lookAt(workspace)).look(signal);
    expect(found.map(({ state, message }) => `${state} ${message}`)).toEqual([
      `ok operator: ${known}, ${people.anna}, os:anna`,
      'problem roles.approver: @nobody is a user group without members',
      'problem roles.approver: @gone is no user group or person of this workspace',
      `problem roles.approver: ${people.guest} is a guest, who gets no role`,
      'problem roles.approver: U0GONE0000 is of another workspace, and gets no role',
      'ok approver names @nobody, @gone by handle',
    ]);
  });

  it('who own checks: a group, a person by name; a name of nobody is a warning, and silence is unknown', async () => {
    const workspace = await workspaceOf();
    const ops = opsOf([
      checkOf(run, { id: 'a', owner: '@anna' }),
      checkOf(run, { id: 'b', owner: '@gone' }),
      checkOf(run, { id: 'c', owner: 'somebody' }),
    ]);
    expect(await ownersPart(ops, lookAt(workspace)).look(signal)).toMatchObject([
      { state: 'warn', message: expect.stringMatching(/^@gone, owner of check b,/) },
    ]);
    workspace.fault('users.list', { kind: 'error', error: 'internal_error' }, 9);
    onTestFinished(() => workspace.clearFaults());
    const unsure = await ownersPart(ops, lookAt(workspace)).look(signal);
    expect(unsure.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  });
});
