import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GroupState,
  groupNamed,
  isOpen,
  judge,
  type Named,
  namedFor,
  type Roles,
} from '../../../src/access/roles.ts';
import type { Role } from '../../../src/kernel/command.ts';

const roles: Role[] = ['viewer', 'responder', 'operator', 'approver', 'admin'];
const active = (...members: string[]): GroupState => ({ kind: 'active', id: 'S1', members: new Set(members) });

describe('what a role includes', () => {
  it.each<[Role, Role[]]>([
    ['viewer', ['viewer']],
    ['responder', ['viewer', 'responder']],
    ['operator', ['viewer', 'responder', 'operator']],
    ['approver', ['viewer', 'responder', 'approver']],
    ['admin', roles],
  ])('%s may do what takes %j', (held, expected) => {
    const may = roles.filter((role) => namedFor({ [held]: ['U1'] }, role).length > 0);
    expect(may).toEqual(expected);
  });

  it('names those of the role itself first, and everybody once', () => {
    const given: Roles = { admin: ['U1', '@leads'], operator: ['@leads', 'S1', 'os:anna'] };
    expect(namedFor(given, 'operator')).toEqual([
      { kind: 'group', ref: '@leads' },
      { kind: 'group', ref: 'S1' },
      { kind: 'terminal', user: 'anna' },
      { kind: 'person', id: 'U1' },
    ]);
  });

  it('opens looking to all only while nobody is named for it', () => {
    expect(isOpen({}, 'viewer')).toBe(true);
    expect(isOpen({ responder: ['U1'] }, 'viewer')).toBe(true);
    expect(isOpen({ viewer: ['U1'] }, 'viewer')).toBe(false);
    expect(isOpen({ viewer: [] }, 'viewer')).toBe(false);
    expect(isOpen({}, 'responder')).toBe(false);
  });
});

describe('the group that an entry means', () => {
  const groups = [
    { id: 'S1', handle: 'oncall', disabled: true },
    { id: 'S2', handle: 'oncall', disabled: false },
    { id: 'S3', handle: 'old', disabled: true },
  ];
  it.each([
    ['@oncall', 'S2'],
    ['@OnCall', 'S2'],
    ['@old', 'S3'],
    ['S1', 'S1'],
    ['@nobody', undefined],
    ['S9', undefined],
    ['oncall', undefined],
  ])('%s is %s', (ref, id) => expect(groupNamed(groups, ref)?.id).toBe(id));
});

describe('whether somebody is among those named', () => {
  const group = (ref: string): Named => ({ kind: 'group', ref });

  it('says why groups help nobody', () => {
    const states = new Map<string, GroupState>([
      ['@a', { kind: 'empty' }],
      ['@b', { kind: 'disabled' }],
      ['@c', active('U2')],
    ]);
    expect(judge('U1', [group('@a'), group('@b'), group('@c'), group('@d')], states)).toEqual({
      kind: 'lacks',
      nobodyNamed: false,
      unfit: [
        { ref: '@a', why: 'empty' },
        { ref: '@b', why: 'disabled' },
        { ref: '@d', why: 'missing' },
      ],
    });
    expect(judge('U1', [], new Map())).toMatchObject({ kind: 'lacks', nobodyNamed: true });
  });

  it('needs no group that can not be read when another one says yes', () => {
    const error = new Error('away');
    const states = new Map<string, GroupState>([
      ['@a', { kind: 'unreadable', error }],
      ['@b', active('U1')],
    ]);
    expect(judge('U1', [group('@a'), group('@b')], states)).toEqual({ kind: 'has' });
    expect(judge('U2', [group('@a'), group('@b')], states)).toEqual({ kind: 'unreadable', error });
  });

  it('is true for nobody who is not named: neither by id nor in an active group', () => {
    const ids = fc.constantFrom('U1', 'U2', 'U3');
    const refs = fc.constantFrom('@a', '@b', '@c');
    const named = fc.oneof(
      ids.map((id): Named => ({ kind: 'person', id })),
      refs.map(group),
      ids.map((user): Named => ({ kind: 'terminal', user })),
    );
    const state = fc.oneof(
      fc.uniqueArray(ids, { minLength: 1 }).map((members) => active(...members)),
      fc.constantFrom<GroupState>({ kind: 'empty' }, { kind: 'disabled' }, { kind: 'missing' }),
      fc.constant<GroupState>({ kind: 'unreadable', error: new Error('away') }),
    );
    const states = fc.dictionary(refs, state).map((given) => new Map(Object.entries(given)));
    fc.assert(
      fc.property(ids, fc.array(named, { maxLength: 5 }), states, (user, entries, given) => {
        const isIn = entries.some((entry) => {
          if (entry.kind === 'person') return entry.id === user;
          const found = entry.kind === 'group' ? given.get(entry.ref) : undefined;
          return found?.kind === 'active' && found.members.has(user);
        });
        expect(judge(user, entries, given).kind === 'has').toBe(isIn);
      }),
    );
  });
});
