import { expect, it } from 'vitest';
import {
  assigning,
  claiming,
  nudging,
  planning,
  roleNamed,
  roleValue,
  unclaimed,
  vacating,
} from '../../../src/incidents/roles/model.ts';
import { readRole } from '../../../src/incidents/roles/words.ts';
import type { Severity } from '../../../src/severities/model.ts';
import { incidentOf, noon } from './sample.ts';

const anna = { id: 'slack:U0ANNA0001', mention: '<@U0ANNA0001>' };
const ben = { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' };
const held = incidentOf({ roles: { commander: { ...ben, since: noon } } });
const over = incidentOf({ resolved: { at: noon, by: 'Anna', words: '' } });
const full = incidentOf({
  roles: { commander: { ...ben, since: noon }, communications: { ...anna, since: noon } },
});
const severities = [
  { id: 'p0', rank: 0, roles: { needed: ['commander', 'communications'], nudgeAfterMs: 300_000 } },
  { id: 'p1', rank: 1, roles: { needed: ['commander'], nudgeAfterMs: 300_000 } },
  { id: 'p3', rank: 3, roles: { needed: [], nudgeAfterMs: 300_000 } },
] as unknown as Severity[];

it('a role is taken when nobody has it, and not from somebody', () => {
  expect(claiming(incidentOf(), 'commander', anna)).toBe('claim');
  expect(claiming(held, 'commander', ben)).toBe('yours');
  expect(claiming(held, 'commander', anna)).toBe('taken');
  expect(claiming(held, 'scribe', anna)).toBe('claim');
  expect(claiming(over, 'commander', anna)).toBe('over');
});

it('a role is given to somebody, whoever has it, and given up', () => {
  expect(assigning(held, 'commander', anna)).toBe('assign');
  expect(assigning(held, 'commander', ben)).toBe('same');
  expect(assigning(over, 'commander', anna)).toBe('over');
  expect(vacating(held, 'commander')).toBe('vacate');
  expect(vacating(held, 'scribe')).toBe('free');
  expect(vacating(over, 'scribe')).toBe('over');
});

it.each([
  ['declared', incidentOf(), undefined, 'plan'],
  ['declared', incidentOf({ severity: 'p3' }), undefined, 'cancel'],
  ['declared', incidentOf({ severity: 'gone' }), undefined, 'cancel'],
  ['acknowledged', incidentOf(), incidentOf(), 'leave'],
  ['roles', held, incidentOf(), 'leave'],
  ['roles', full, held, 'cancel'],
  ['roles', incidentOf(), held, 'plan'],
  ['roles', held, incidentOf({ roles: { ...held.roles, scribe: { ...anna, since: noon } } }), 'leave'],
  ['severity', incidentOf({ severity: 'p0' }), incidentOf({ severity: 'p1' }), 'plan'],
  ['severity', incidentOf({ severity: 'p1' }), incidentOf({ severity: 'p0' }), 'leave'],
  ['severity', incidentOf({ severity: 'p0' }), incidentOf({ severity: 'gone' }), 'plan'],
  ['reopened', incidentOf(), over, 'plan'],
  ['resumed', incidentOf(), incidentOf(), 'plan'],
  ['paused', incidentOf(), incidentOf(), 'plan'],
  ['mitigated', incidentOf(), incidentOf(), 'leave'],
] as const)('after %s it is planned who is asked: case %#', (change, incident, before, plan) => {
  expect(planning({ change, incident, before }, severities)).toBe(plan);
});

it('people are asked for what nobody has, not while it is paused, and not when it is over', () => {
  expect(unclaimed(held, severities)).toEqual(['communications']);
  expect(nudging(held, severities, noon)).toEqual({ kind: 'nudge', roles: ['communications'] });
  expect(nudging(full, severities, noon)).toEqual({ kind: 'filled' });
  expect(nudging(over, severities, noon)).toEqual({ kind: 'over' });
  const later = new Date(noon.getTime() + 1);
  const paused = (until?: Date) => incidentOf({ paused: { at: noon, by: 'Anna', ...(until && { until }) } });
  expect(nudging(paused(), severities, noon)).toEqual({ kind: 'paused', until: undefined });
  expect(nudging(paused(later), severities, noon)).toEqual({ kind: 'paused', until: later });
  expect(nudging(paused(noon), severities, noon)).toMatchObject({ kind: 'nudge' });
});

it.each([
  ['', { kind: 'list', inc: undefined }],
  ['INC-7', { kind: 'list', inc: 'INC-7' }],
  ['commander', { kind: 'claim', role: 'commander', inc: undefined }],
  ['Comms inc-7', { kind: 'claim', role: 'communications', inc: 'inc-7' }],
  ['ops @ben', { kind: 'assign', role: 'operations', who: '@ben', note: '', inc: undefined }],
  [
    'commander <@U0BEN00001|ben> INC-7 the pool',
    { kind: 'assign', role: 'commander', who: '<@U0BEN00001|ben>', note: 'the pool', inc: 'INC-7' },
  ],
  ['commander me', { kind: 'assign', role: 'commander', who: 'me', note: '', inc: undefined }],
  [
    'hand over commander @ben it is DNS',
    { kind: 'assign', role: 'commander', who: '@ben', note: 'it is DNS', inc: undefined },
  ],
  ['hand over commander', { kind: 'unknown', word: '' }],
  ['give up scribe', { kind: 'vacate', role: 'scribe', note: '', inc: undefined }],
  ['scribe nobody', { kind: 'vacate', role: 'scribe', note: '', inc: undefined }],
  ['give up', { kind: 'unknown', word: '' }],
  ['king', { kind: 'unknown', word: 'king' }],
  ['commander ben', { kind: 'unknown', word: 'ben' }],
])('`role %s`', (line, meant) => expect(readRole(line.split(' ').filter(Boolean))).toEqual(meant));

it('a button carries what it is for, and nothing else is taken', () => {
  expect(roleValue('42:commander')).toEqual({ id: 42, role: 'commander' });
  for (const value of ['', '42', '42:king', 'x:commander', '-1:scribe', '1e3:scribe'])
    expect(() => roleValue(value)).toThrow('another version');
  expect(roleNamed('__proto__')).toBeUndefined();
});
