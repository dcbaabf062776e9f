import { describe, expect, it } from 'vitest';
import { assessFields, readAssessment, readSent, statesIn } from '../../../src/incidents/breach/form.ts';
import {
  missedSince,
  nextOfAssessment,
  nextOfNotice,
  remindOfNotice,
} from '../../../src/incidents/breach/reminders.ts';

const base = {
  ...{ exposed: 'yes', we_are: 'covered_entity', delay: 'none', conclusion: 'not_yet' },
  discovered: new Date('2026-11-23T09:00:00Z'),
};
const factors = { nature: 'a', who: 'b', acquired: 'c', mitigated: 'd' };

describe('states', () => {
  it.each([
    ['CA 620, NY 40', { CA: 620, NY: 40 }],
    ['ca: 620; New York = 40\nPR 3', { CA: 620, 'New York': 40, PR: 3 }],
    ['', {}],
    ['CA', undefined],
    ['620', undefined],
    ['CA 1, ca 2', undefined],
    ['CA -1', undefined],
    ['<!channel> 5', undefined],
  ])('%j', (text, states) => {
    expect(statesIn(text)).toEqual(states);
  });
});

describe('what was filled in', () => {
  it('is read', () => {
    const values = { ...base, ...factors, individuals: '1,234', states: 'CA 620', conclusion: 'breach' };
    expect(readAssessment(values)).toMatchObject({
      parsed: { answers: { individuals: 1_234, states: { CA: 620 }, factors, conclusion: 'breach' } },
    });
    const delay = { delay: 'oral', delay_day: '2026-11-24', official: 'Agent Smith, FBI' };
    expect(readAssessment({ ...base, ...delay })).toMatchObject({
      parsed: { answers: { delay: { kind: 'oral', statedOn: '2026-11-24', official: 'Agent Smith, FBI' } } },
    });
  });

  it.each([
    ['low without the proof', { conclusion: 'low' }, ['acquired', 'mitigated', 'nature', 'who']],
    ['low with three factors', { ...factors, who: undefined, conclusion: 'low' }, ['who']],
    ['more by state than in all', { individuals: '10', states: 'CA 11' }, ['states']],
    ['a number that is none', { individuals: 'some' }, ['individuals']],
    ['a contract of a covered entity', { contract_days: '5' }, ['contract_days']],
    ['a delay without its day and official', { delay: 'written' }, ['delay_day', 'official']],
    ['no answer whether it was exposed', { exposed: undefined }, ['exposed']],
  ])('%s is refused below the field', (_, over, fields) => {
    const read = readAssessment({ ...base, ...over });
    expect(Object.keys('errors' in read ? read.errors : {}).sort()).toEqual(fields);
  });

  it('fits into what Slack takes', () => {
    for (const item of assessFields()) {
      if (item.kind === 'note') continue;
      expect(item.label.length).toBeLessThanOrEqual(48);
      for (const option of item.kind === 'choice' ? item.options : [])
        expect((option.description ?? '').length).toBeLessThanOrEqual(75);
    }
  });

  it('a notice needs its kind and a day', () => {
    expect(readSent({ kind: 'hhs', on: '2026-12-01' })).toMatchObject({ parsed: { confirmation: '' } });
    expect(readSent({ on: '2026-02-30' })).toMatchObject({ errors: { kind: 'Which?', on: 'Which day?' } });
  });
});

describe('when to remind', () => {
  const zone = 'America/New_York';
  const next = (after: string) => nextOfNotice('2027-03-15', new Date(after), zone).toISOString();

  it.each([
    ['2026-11-23T00:00:00Z', '2027-02-13T14:00:00.000Z'],
    ['2027-02-13T14:00:00Z', '2027-03-01T14:00:00.000Z'],
    ['2027-03-08T13:59:59Z', '2027-03-08T14:00:00.000Z'],
    // The clocks go forward on the 14th.
    ['2027-03-13T00:00:00Z', '2027-03-14T13:00:00.000Z'],
    ['2027-03-14T13:00:00Z', '2027-03-15T13:00:00.000Z'],
    ['2027-03-15T13:00:00Z', '2027-03-16T13:00:00.000Z'],
    ['2027-05-01T12:00:00Z', '2027-05-01T13:00:00.000Z'],
    ['2027-05-01T13:00:00Z', '2027-05-02T13:00:00.000Z'],
  ])('after %s: %s', (after, at) => {
    expect(next(after)).toBe(at);
  });

  it('of the assessment', () => {
    const due = new Date('2026-11-26T09:00:00Z');
    const at = (after: string) => nextOfAssessment(due, new Date(after)).toISOString();
    expect(at('2026-11-23T09:00:00Z')).toBe('2026-11-25T09:00:00.000Z');
    expect(at('2026-11-25T09:00:00Z')).toBe('2026-11-26T09:00:00.000Z');
    expect(at('2026-11-26T09:00:00Z')).toBe('2026-11-27T09:00:00.000Z');
    expect(at('2026-11-30T10:00:00Z')).toBe('2026-12-01T09:00:00.000Z');
  });

  it('how many were missed', () => {
    const after = (at: Date) => nextOfNotice('2027-03-15', at, 'UTC');
    expect(missedSince(new Date('2027-02-13T09:00:00Z'), new Date('2027-03-15T08:00:00Z'), after)).toBe(4);
    expect(missedSince(new Date('2027-02-13T09:00:00Z'), new Date('2027-02-13T09:00:01Z'), after)).toBe(0);
  });

  it('what is due comes to nothing when it was sent or is not planned', () => {
    const notice = { kind: 'hhs', dueOn: '2027-03-15', why: '' } as const;
    const sent = { on: '2027-01-01', confirmation: '', at: new Date(), by: { id: 'a', mention: 'a' } };
    const now = new Date('2027-03-16T01:00:00Z');
    expect(remindOfNotice(undefined, now, 'UTC')).toEqual({ kind: 'not_planned' });
    expect(remindOfNotice({ ...notice, sent }, now, 'UTC')).toEqual({ kind: 'sent' });
    expect(remindOfNotice(notice, now, 'UTC')).toEqual({ kind: 'remind', left: -1 });
    expect(remindOfNotice(notice, now, zone)).toEqual({ kind: 'remind', left: 0 });
  });
});
