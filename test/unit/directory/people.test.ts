import { describe, expect, it } from 'vitest';
import type { Contact } from '../../../src/config/model.ts';
import { peopleOf, toCall } from '../../../src/directory/people.ts';
import type { Kept } from '../../../src/directory/store.ts';

const seenAt = new Date('2026-11-23T09:00:00Z');
const kept = (name: string, over: Partial<Kept> = {}): Kept => ({
  ...{ userId: name, policyId: 'P1', scheduleId: '', level: 1, name, email: `${name}@example.com` },
  ...{ phones: [`+1555${name.length}`], current: true, seenAt },
  ...over,
});
const known = (contacts: Contact[], onCall: Kept[] = [], policy?: string) => ({
  ...{ contacts: new Map(contacts.map((contact) => [contact.name, contact])), onCall, policy },
});
const names = (people: { name: string }[]) => people.map(({ name }) => name);

describe('on-call', () => {
  it('is the first level of PagerDuty, without a word in ops.yml', () => {
    const people = peopleOf('on-call', known([], [kept('anna'), kept('ben', { level: 2 })]));
    expect(people).toEqual([
      { name: 'anna', emails: ['anna@example.com'], phones: ['+15554'], onCall: { seenAt, current: true } },
    ]);
  });

  it('of the policy behind the routing key, not of another team', () => {
    const onCall = [kept('anna'), kept('carla', { policyId: 'P2' })];
    expect(names(peopleOf('on-call', known([], onCall, 'P2')))).toEqual(['carla']);
    expect(names(peopleOf('on-call', known([], onCall)))).toEqual(['anna', 'carla']);
  });

  it('is who was last, when nobody is; those of the last time only', () => {
    const before = new Date(seenAt.getTime() - 86_400_000);
    const onCall = [kept('anna', { current: false }), kept('carla', { current: false, seenAt: before })];
    expect(peopleOf('on-call', known([], onCall))).toMatchObject([{ name: 'anna', onCall: { current: false } }]);
  });

  it('has what ops.yml says besides: how it is mentioned, a phone of its own', () => {
    const contact = { name: 'on-call', slack: '@oncall', phone: '+1-555-0100' };
    expect(peopleOf('on-call', known([contact], [kept('anna')]))).toMatchObject([
      { name: 'anna', slack: '@oncall' },
      { name: 'on-call', phones: ['+1-555-0100'] },
    ]);
  });
});

describe('other names', () => {
  it('are contacts, or places in PagerDuty', () => {
    const backup = { name: 'backup', pagerduty: { policy: 'P1', level: 2 } };
    const nights = { name: 'nights', pagerduty: { schedule: 'S1', level: 1 } };
    const all = known(
      [backup, nights],
      [kept('anna'), kept('ben', { level: 2 }), kept('dora', { level: 3, scheduleId: 'S1' })],
    );
    expect([names(peopleOf('backup', all)), names(peopleOf('nights', all))]).toEqual([['ben'], ['dora']]);
    expect(peopleOf('nobody', all)).toEqual([]);
  });
});

describe('whom to call', () => {
  const cto = { name: 'cto', phone: '+1-555-0103' };

  it('on call, then the backups in their order, each number once', () => {
    const lead = { name: 'lead', phone: '+1-555-0102', backup: 'cto' };
    const all = known([{ name: 'on-call', backup: 'lead', slack: '@oncall' }, lead, cto], [kept('anna')]);
    expect(names(toCall(all))).toEqual(['anna', 'lead', 'cto']);
  });

  it('a circle of backups ends', () => {
    const lead = { name: 'lead', phone: '+1-555-0102', backup: 'on-call' };
    expect(names(toCall(known([{ name: 'on-call', backup: 'lead', phone: '+1-555-0101' }, lead])))).toEqual([
      'on-call',
      'lead',
    ]);
  });

  it('without a backup PagerDuty has the second level; without a number nobody is called', () => {
    const second = kept('benjamin', { level: 2 });
    expect(names(toCall(known([], [kept('anna'), second])))).toEqual(['anna', 'benjamin']);
    expect(names(toCall(known([{ ...cto, name: 'backup' }], [kept('anna', { phones: [] }), second])))).toEqual([
      'backup',
    ]);
  });
});
