import { describe, expect, it } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import type { Roles } from '../../../src/access/roles.ts';
import { Forbidden, permissionsOf } from '../../../src/kernel/access.ts';
import type { Directory, DirectoryChange, Standing, UserGroup } from '../../../src/kernel/directory.ts';
import { PortError } from '../../../src/kernel/errors.ts';
import { memoryLog } from '../../support/memory-log.ts';

/** A workspace whose answers a test changes; `asked` counts the look-ups. */
function workspace(roles: Roles) {
  const people = new Map<string, Standing | Error>([['U1', 'member']]);
  const groups: UserGroup[] = [
    { id: 'S1', handle: 'oncall', disabled: false },
    { id: 'S2', handle: 'platform', disabled: false },
  ];
  const members = new Map<string, string[] | Error>([
    ['S1', ['U1']],
    ['S2', []],
  ]);
  const asked: string[] = [];
  const listeners: ((change: DirectoryChange) => void)[] = [];
  const orThrow = <T>(value: T | Error | undefined): T => {
    if (value instanceof Error || value === undefined) throw value ?? new Error('unknown');
    return value;
  };
  const directory: Directory = {
    person: async (id) => {
      asked.push(`person ${id}`);
      return orThrow(people.get(id));
    },
    groups: async () => {
      asked.push('groups');
      return [...groups];
    },
    members: async (id) => {
      asked.push(`members ${id}`);
      return orThrow(members.get(id));
    },
    onChange: (listener) => void listeners.push(listener),
  };
  let nowMs = 0;
  const log = memoryLog();
  const access = createAccess({ roles, directory, log, elapsedMs: () => nowMs });
  return {
    ...{ people, groups, members, asked, access, log },
    may: (role: Parameters<typeof access.decide>[1], id = 'slack:U1') => access.decide({ id }, role),
    tell: (change: DirectoryChange) => {
      for (const listener of listeners) listener(change);
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const allowed = { kind: 'allowed' };
const denied = (why: string) => expect.objectContaining({ kind: 'denied', why });
const away = new PortError('unconfirmed', "Slack didn't confirm users.info: timeout", { retryable: false });

describe('somebody of Slack', () => {
  it('may look without any role, and change nothing', async () => {
    const { may } = workspace({});
    expect(await may('viewer')).toEqual(allowed);
    for (const role of ['responder', 'operator', 'approver', 'admin'] as const) {
      expect(await may(role)).toMatchObject({
        why: 'role',
        message: expect.stringContaining(`roles.${role} in ops.yml`),
      });
    }
  });

  it.each<Standing>(['guest', 'bot', 'deactivated', 'foreign'])(
    'who is %s may not even look, though named',
    async (why) => {
      const { may, people } = workspace({ viewer: ['U1'], admin: ['U1', '@oncall'] });
      people.set('U1', why as Standing);
      for (const role of ['viewer', 'responder', 'admin'] as const) expect(await may(role)).toEqual(denied(why));
    },
  );

  it('has what a person or a group is named for', async () => {
    const { may } = workspace({ operator: ['U1'], responder: ['S1'], approver: ['@platform'] });
    expect(await may('operator')).toEqual(allowed);
    expect(await may('responder')).toEqual(allowed);
    expect(await may('approver')).toEqual(denied('role'));
  });

  it('named as a person needs no group to be read', async () => {
    const { may, asked } = workspace({ operator: ['@oncall', 'U1'] });
    expect(await may('operator')).toEqual(allowed);
    expect(asked).toEqual(['person U1']);
  });

  it('may not look once others are named for it', async () => {
    const { may } = workspace({ viewer: ['U2'] });
    expect(await may('viewer')).toEqual(denied('role'));
  });

  it.each([
    ['disabled', (w: ReturnType<typeof workspace>) => Object.assign(w.groups[0]!, { disabled: true }), 'is disabled'],
    ['empty', (w: ReturnType<typeof workspace>) => w.members.set('S1', []), 'has no members'],
    ['gone', (w: ReturnType<typeof workspace>) => w.groups.shift(), "isn't in this workspace"],
  ])('has nothing from a group that is %s', async (_, change, words) => {
    const given = workspace({ operator: ['@oncall'] });
    change(given);
    expect(await given.may('operator')).toMatchObject({
      why: 'role',
      message: `This takes the role operator, which you don't have. The user group @oncall ${words}.`,
    });
    expect(await given.access.holders('operator')).toEqual([]);
  });

  it.each(['U1', 'slack:', 'rounds', 'slackbot:U1', ''])('is nobody under the id %j', async (id) => {
    expect(await workspace({ admin: ['U1'] }).may('viewer', id)).toEqual(denied('role'));
  });
});

describe('what can not be read', () => {
  it('is a denial that names the cause and the remedy, and is asked again after seconds', async () => {
    const { may, members, asked, pass } = workspace({ operator: ['@oncall'] });
    members.set('S1', new PortError('missing_scope', 'Slack refuses x: missing_scope (needs y)', { retryable: false }));
    const message =
      "I can't verify who you are: Slack refuses x: missing_scope (needs y). Reinstall the app with its manifest, then copy the bot token again.";
    expect(await may('operator')).toEqual({ kind: 'denied', why: 'unverified', message });
    members.set('S1', ['U1']);
    expect(await may('operator')).toEqual(denied('unverified'));
    expect(asked.filter((question) => question === 'members S1')).toHaveLength(1);
    pass(3_000);
    expect(await may('operator')).toEqual(allowed);
  });

  it('denies looking too when it is the person', async () => {
    const { may, people } = workspace({});
    people.set('U1', away);
    expect(await may('viewer')).toMatchObject({
      why: 'unverified',
      message: expect.stringContaining('Nothing was done: try again in a minute'),
    });
  });

  it('never rejects: a fault of ours is a denial, and an error in the log', async () => {
    const { may, people, log } = workspace({});
    people.set('U1', new TypeError('bug'));
    expect(await may('viewer')).toMatchObject({ why: 'unverified', message: expect.not.stringContaining('bug') });
    expect(log.lines).toMatchObject([{ level: 'error' }]);
  });

  it('denies everybody of Slack in a process that is not connected', async () => {
    const access = createAccess({ roles: { admin: ['U1'] }, log: memoryLog() });
    expect(await access.decide({ id: 'slack:U1' }, 'viewer')).toEqual(denied('unverified'));
  });
});

describe('what is remembered', () => {
  it('is asked once a minute, whoever asks and however many at once', async () => {
    const { may, asked, pass } = workspace({ responder: ['@oncall'], operator: ['@oncall', '@platform'] });
    await Promise.all(Array.from({ length: 20 }, () => may('responder')));
    await may('operator');
    expect(asked).toEqual(['person U1', 'groups', 'members S1', 'members S2']);
    pass(59_999);
    await may('operator');
    expect(asked).toHaveLength(4);
    pass(1);
    await may('operator');
    expect(asked).toHaveLength(8);
  });

  it('lets somebody who lost a role keep it for less than 60 s', async () => {
    const { may, members, pass } = workspace({ operator: ['@oncall'] });
    expect(await may('operator')).toEqual(allowed);
    members.set('S1', ['U2']);
    pass(60_000);
    expect(await may('operator')).toEqual(denied('role'));
  });

  it('is forgotten at once when Slack tells of a change', async () => {
    const { may, members, people, tell } = workspace({ operator: ['@oncall'] });
    expect(await may('operator')).toEqual(allowed);
    members.set('S1', ['U2']);
    tell({ kind: 'person', id: 'U1' });
    expect(await may('operator')).toEqual(allowed);
    tell({ kind: 'groups' });
    expect(await may('operator')).toEqual(denied('role'));
    people.set('U1', 'deactivated');
    tell({ kind: 'person', id: 'U1' });
    expect(await may('viewer')).toEqual(denied('deactivated'));
  });
});

describe('those who have a role', () => {
  it('are named by mentions, at most five', async () => {
    const { access } = workspace({
      operator: ['os:anna', '@oncall', '@platform', '@gone', 'U2', 'U3'],
      admin: ['U4', 'U5', 'U6'],
    });
    expect(await access.holders('operator')).toEqual(['<!subteam^S1>', '<@U2>', '<@U3>', '<@U4>', '<@U5>']);
  });

  it('are named as ops.yml does when Slack can not be asked', async () => {
    const { access, members } = workspace({ operator: ['@oncall', 'S1', 'U2'] });
    members.set('S1', away);
    expect(await access.holders('operator')).toEqual(['@oncall', '<!subteam^S1>', '<@U2>']);
  });
});

describe('somebody at a terminal', () => {
  it('may look, and has what os:NAME is named for', async () => {
    const { may, asked } = workspace({ viewer: ['U1'], operator: ['os:anna'], responder: ['os:ben'] });
    expect(await may('viewer', 'os:zoe')).toEqual(allowed);
    expect(await may('operator', 'os:anna')).toEqual(allowed);
    expect(await may('responder', 'os:anna')).toEqual(allowed);
    expect(await may('approver', 'os:anna')).toEqual(denied('role'));
    expect(await may('operator', 'os:Anna')).toEqual(denied('role'));
    expect(await may('operator', 'os:ben')).toMatchObject({
      message: expect.stringContaining('add "os:ben" under roles.operator'),
    });
    expect(asked).toEqual([]);
  });
});

it('a command is stopped where it asks for a role that its asker lacks', async () => {
  const { access } = workspace({ responder: ['U1'] });
  const permissions = permissionsOf(access, { id: 'slack:U1' });
  await permissions.require('responder');
  expect(await permissions.may('operator')).toEqual(denied('role'));
  const error = await permissions.require('operator').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Forbidden);
  expect(error).toMatchObject({ code: 'forbidden', role: 'operator', denial: { why: 'role' } });
});
