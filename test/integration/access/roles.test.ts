import { describe, expect, it, vi } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import type { Roles } from '../../../src/access/roles.ts';
import type { DeniedAttempt } from '../../../src/kernel/access.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { requiredScopes } from '../../../src/slack/scopes.ts';
import type { Fault } from '../../../src/workspace/faults.ts';
import type { Workspace, WorkspaceOptions } from '../../../src/workspace/workspace.ts';
import type { User } from '../../../src/workspace/world.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { botOf, posted, told, workspaceOf } from '../slack/setup.ts';

/** A bot whose operators are @oncall (anna, ben), with a message in #ops whose button `slow.page` takes that role. */
async function withButton(options: { kind?: 'http' | 'socket'; roles?: Roles; workspace?: WorkspaceOptions } = {}) {
  const { kind = 'http', roles = { operator: ['@oncall'] } } = options;
  const workspace = await workspaceOf(options.workspace);
  let nowMs = 0;
  const denied: DeniedAttempt[] = [];
  const bot = await botOf(workspace, kind, {
    access: (directory) => createAccess({ roles, directory, log: memoryLog(), elapsedMs: () => nowMs }),
    onDenied: (attempt) => denied.push(attempt),
  });
  await workspace.user('anna').command('ops', '/ops echo x');
  const message = await posted(workspace, 'ops', 'echo x');
  const press = (user: string) => workspace.user(user).click(message, 'slow.page');
  const countOf = (method: string) => workspace.traffic.filter((call) => call.method === method).length;
  const pages = () => bot.script.ran.filter((line) => line.startsWith('page')).length;
  return {
    ...{ workspace, bot, message, press, countOf, pages, denied },
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** Presses the button and waits until it has run. */
    pressAndRun: async (user: string) => {
      const before = pages();
      await press(user);
      await vi.waitFor(() => expect(pages()).toBe(before + 1), { timeout: 10_000 });
    },
  };
}

describe.each(['http', 'socket'] as const)('a button that takes a role, over %s', (kind) => {
  it('runs for somebody who has it, and is denied to somebody without it, with who has it', async () => {
    const { workspace, bot, press, pressAndRun, denied, pages } = await withButton({ kind });
    workspace.addUser('dora');
    await pressAndRun('ben');
    await press('dora');
    const words = "This takes the role operator, which you don't have. Ask <!subteam^S0ONCALL01>.";
    expect(await told(workspace, 'dora', 'role operator')).toMatchObject({ text: words });
    expect(pages()).toBe(1);
    const actor = { id: `slack:${workspace.user('dora').id}` };
    const attempt = { actor, action: 'slow.page', words: 'v<1>', role: 'operator', denial: { why: 'role' } };
    expect(denied).toMatchObject([attempt]);
    // Whoever hears of the attempt writes it down, once.
    expect(bot.log.lines).toEqual([]);
  });
});

describe('nobody but full members of the own workspace', () => {
  it.each<[string, Partial<User>, string]>([
    ['a guest', { is_restricted: true }, "Guests of this workspace can't use me"],
    [
      'a guest of one channel',
      { is_restricted: true, is_ultra_restricted: true },
      "Guests of this workspace can't use me",
    ],
    ['a bot', { is_bot: true }, "Bots and workflows can't use me"],
    ['a deactivated account', { deleted: true }, 'This account is deactivated'],
    ['somebody of another workspace', { team_id: 'T0OTHER' }, 'Your account belongs to another workspace'],
    ['a stranger', { is_stranger: true }, 'Your account belongs to another workspace'],
    [
      'somebody of another grid',
      { enterprise_user: { id: 'U1', enterprise_id: 'E1', teams: ['T0OTHER'] } },
      'another workspace',
    ],
  ])('%s presses a button or types a command, named for every role or not', async (_, rest, words) => {
    const id = 'U0NAMED001';
    const { workspace, press, denied, pages } = await withButton({ roles: { admin: [id], operator: ['@oncall'] } });
    workspace.addUser('eve', { id, ...rest });
    workspace.channel('ops').members.add(id);
    await workspace.changeGroup('oncall', { members: ['anna', 'eve'] });
    await press('eve');
    await told(workspace, 'eve', words);
    await workspace.user('eve').command('ops', '/ops echo y');
    await vi.waitFor(() => expect(workspace.ephemerals('eve')).toHaveLength(2), { timeout: 10_000 });
    expect(pages()).toBe(0);
    expect(denied.map(({ action }) => action)).toEqual(['slow.page', 'echo']);
    expect(workspace.messages('ops')).toHaveLength(1);
  });

  it('and Slack not knowing somebody is as good as foreign', async () => {
    const { workspace, press, denied } = await withButton();
    const zoe = workspace.addUser('zoe');
    workspace.fault('users.info', { kind: 'error', error: 'user_not_visible' });
    await press('zoe');
    await told(workspace, 'zoe', 'another workspace');
    expect(denied[0]).toMatchObject({ actor: { id: `slack:${zoe.id}` }, denial: { why: 'foreign' } });
  });

  it('a member of a grid whose home is another of its workspaces is one of ours', async () => {
    const { workspace, pressAndRun } = await withButton({ roles: { operator: ['U0GRID0001'] } });
    const { teamId } = workspace.identity;
    const enterprise_user = { id: 'U0GRID0001', enterprise_id: 'E1', teams: ['T0HOME', teamId] };
    workspace.addUser('gina', { id: 'U0GRID0001', team_id: 'T0HOME', enterprise_user });
    await pressAndRun('gina');
  });
});

describe('somebody who just lost the role', () => {
  it.each<[string, (workspace: Workspace) => Promise<unknown>, string]>([
    ['left the group', (w) => w.changeGroup('oncall', { members: ['anna'] }), 'role operator'],
    ['whose group was disabled', (w) => w.changeGroup('oncall', { disabled: true }), 'is disabled'],
    ['whose group was emptied', (w) => w.changeGroup('oncall', { members: [] }), 'has no members'],
    ['was deactivated', (w) => w.changeUser('ben', { deleted: true }), 'deactivated'],
    ['became a guest', (w) => w.changeUser('ben', { is_restricted: true }), 'Guests'],
  ])('%s: is denied at once, since Slack tells of it', async (_, lose, words) => {
    const { workspace, press, pressAndRun, pages } = await withButton();
    await pressAndRun('ben');
    await lose(workspace);
    await press('ben');
    await told(workspace, 'ben', words);
    expect(pages()).toBe(1);
  });

  it('is denied after 60 s where nothing tells of it', async () => {
    const { workspace, press, pressAndRun, pages, pass } = await withButton({ workspace: { eventTypes: [] } });
    await pressAndRun('ben');
    await workspace.changeGroup('oncall', { members: ['anna'] });
    pass(59_999);
    await pressAndRun('ben');
    pass(1);
    await press('ben');
    await told(workspace, 'ben', 'role operator');
    expect(pages()).toBe(2);
  });

  it('is denied when a job asks again before it carries out what was allowed at the click', async () => {
    const { workspace, bot, pressAndRun } = await withButton();
    await pressAndRun('ben');
    const actor = { id: `slack:${workspace.user('ben').id}` };
    let carriedOut = 0;
    const handler = async (data: { actor: { id: string } }) => {
      const decision = await bot.access.decide(data.actor, 'operator');
      if (decision.kind === 'denied') throw new OpsError('forbidden', decision.message);
      carriedOut += 1;
    };
    await handler({ actor });
    await workspace.changeGroup('oncall', { members: ['anna'] });
    await expect(handler({ actor })).rejects.toMatchObject({ code: 'forbidden' });
    expect(carriedOut).toBe(1);
  });
});

describe('Slack is asked', () => {
  it('once a minute about a person and a group, however often they press', async () => {
    const { pressAndRun, countOf, pass } = await withButton();
    pass(60_000);
    const before = countOf('users.info');
    for (let time = 0; time < 5; time += 1) await pressAndRun('ben');
    expect([countOf('users.info') - before, countOf('usergroups.list'), countOf('usergroups.users.list')]).toEqual([
      1, 1, 1,
    ]);
  });

  it('about nobody but the person when looking is open to all', async () => {
    const { countOf } = await withButton();
    expect([countOf('users.info'), countOf('usergroups.list')]).toEqual([1, 0]);
  });
});

describe('what Slack does not tell is denied, with the cause and the remedy', () => {
  const methods = ['users.info', 'usergroups.list', 'usergroups.users.list'];
  const faults: [Fault, string][] = [
    [{ kind: 'ratelimited', retryAfterSeconds: 30 }, 'wait 30000 ms'],
    [{ kind: 'http', status: 503 }, 'http_503'],
    [{ kind: 'drop-request' }, "Slack didn't confirm"],
    [{ kind: 'error', error: 'internal_error' }, 'internal_error'],
    [{ kind: 'error', error: 'plan_upgrade_required' }, 'no user groups'],
    [{ kind: 'error', error: 'ekm_access_denied' }, 'rounds doctor'],
  ];
  it.each(methods.flatMap((method) => faults.map(([fault, words]) => ({ method, fault, words }))))(
    '$method: $fault',
    async ({ method, fault, words }) => {
      const { workspace, press, pages, denied } = await withButton();
      workspace.fault(method, fault);
      await press('ben');
      const said = await told(workspace, 'ben', words);
      expect(said.text).toContain(`I can't verify who you are: Slack`);
      expect(said.text).toContain(method);
      expect(denied).toMatchObject([{ denial: { why: 'unverified' } }]);
      expect(pages()).toBe(0);
    },
  );

  it.each([
    ['users:read', '/ops echo x', 'users.info'],
    ['usergroups:read', '/ops page', 'usergroups.list'],
  ])('a token without %s', async (scope, line, method) => {
    const workspace = await workspaceOf();
    const granted = requiredScopes().filter((each) => each !== scope);
    const { script } = await botOf(workspace, 'http', {
      access: (directory) => createAccess({ roles: { operator: ['@oncall'] }, directory, log: memoryLog() }),
      slack: { botToken: workspace.issueToken('bot', granted) },
    });
    await workspace.user('anna').command('ops', line);
    const said = await told(workspace, 'anna', `Slack refuses ${method}: missing_scope (needs ${scope})`);
    expect(said.text).toContain('Reinstall the app with its manifest, then copy the bot token again.');
    expect(script.ran).toEqual([]);
  });

  it('an answer that does not come: within seconds', async () => {
    const { workspace, press, pages } = await withButton();
    workspace.fault('users.info', { kind: 'delay', ms: 8_000 });
    const pressedAtMs = performance.now();
    workspace.addUser('dora');
    await press('dora');
    const [said] = await workspace.waitFor(
      () => (workspace.ephemerals('dora').length > 0 ? workspace.ephemerals('dora') : undefined),
      { timeoutMs: 7_500, what: 'the denial' },
    );
    expect(said?.text).toContain("Slack didn't answer users.info within 3 s");
    expect(performance.now() - pressedAtMs).toBeLessThan(7_500);
    expect(pages()).toBe(0);
  });

  it('is asked again a few seconds later', async () => {
    const { workspace, press, pressAndRun, pass } = await withButton();
    workspace.fault('usergroups.users.list', { kind: 'http', status: 503 });
    await press('ben');
    await told(workspace, 'ben', 'Nothing was done: try again in a minute.');
    pass(3_000);
    await pressAndRun('ben');
  });
});
