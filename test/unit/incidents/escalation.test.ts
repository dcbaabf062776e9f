import { describe, expect, it } from 'vitest';
import { fallbackDue, isLate, type Level, levelDue } from '../../../src/incidents/escalation/plan.ts';
import { callOf, mailOf, textOf } from '../../../src/incidents/escalation/words.ts';
import { acknowledging, type Incident, whyNotPaged } from '../../../src/incidents/model.ts';
import { markedPhone, phoneMark } from '../../../src/kernel/contact-mark.ts';
import { fitPost } from '../../../src/slack/limits.ts';
import { incidentOf, noon } from './sample.ts';

const done = { at: noon, by: 'Anna' };
const over = { ...done, words: '' };
const page = (n: number, state: 'sending' | 'accepted' | 'refused', reason?: string) => ({
  ...{ n, state, dedupKey: `rounds:42:${n}`, attempts: 1, ...(reason && { reason }) },
});
const level: Level = { plan: 1, level: 2, levels: 4, way: 'email', to: [], dueAt: noon, fired: false };

describe('a level that is due', () => {
  it.each([
    ['fire', {}, level],
    ['acknowledged', { acknowledged: done }, level],
    ['over', { acknowledged: done, resolved: over }, level],
    ['fired', {}, { ...level, fired: true }],
    ['replanned', {}, undefined],
  ] as const)('%s', (expected, incident, planned) => {
    expect(levelDue(incidentOf(incident), planned)).toBe(expected);
  });

  it('is late after a minute of real time, not of a clock that somebody moved', () => {
    const clock = { now: () => noon };
    expect(isLate(noon, new Date(noon.getTime() + 60_000), clock)).toBe(false);
    expect(isLate(noon, new Date(noon.getTime() + 60_001), clock)).toBe(true);
    expect(isLate(noon, new Date(noon.getTime() + 999_999), { ...clock, ranMs: () => 1_000 })).toBe(false);
  });
});

describe('the other ways for a page', () => {
  const notPaged = { why: 'nobody is on call', at: noon, said: true };
  const cases: [ReturnType<typeof fallbackDue>, Partial<Incident>][] = [
    ['go', {}],
    ['go', { pages: [page(1, 'accepted')], notPaged }],
    ['confirmed', { pages: [page(1, 'accepted')] }],
    ['acknowledged', { acknowledged: done }],
    ['over', { resolved: over }],
    ['old_page', { oldPages: 1, pages: [page(1, 'sending'), page(2, 'sending')] }],
  ];

  it.each(cases)('%s', (expected, incident) => {
    expect(fallbackDue(incidentOf(incident), 1)).toBe(expected);
  });
});

describe('a page', () => {
  it('of an escalation that fails makes nothing of one that was accepted, but earlier ones do not count', () => {
    const pages = [page(1, 'accepted'), page(2, 'refused', 'no key')];
    expect(whyNotPaged(incidentOf({ pages }))).toBeUndefined();
    expect(whyNotPaged(incidentOf({ pages, oldPages: 1 }))).toBe('no key');
  });

  it('from before it was reopened is not acknowledged for the new one', () => {
    expect(acknowledging(incidentOf({ oldPages: 1 }), 1)).toBe('old_page');
    expect(acknowledging(incidentOf({ oldPages: 1 }), 2)).toBe('acknowledge');
    expect(acknowledging(incidentOf({ oldPages: 1, resolved: over }), 1)).toBe('over');
    expect(acknowledging(incidentOf({ oldPages: 1 }))).toBe('acknowledge');
  });
});

describe('what leaves Slack', () => {
  const words = (over: Parameters<typeof incidentOf>[0]) => {
    const incident = incidentOf({ title: 'Records of Jane', systems: 'Jane', ...over });
    return [...Object.values(mailOf(incident, 'level', 'UTC')), textOf(incident), callOf(incident)].join(' ');
  };

  it('says what it is, and how to take it on', () => {
    expect(words({})).toContain('Affected: Jane');
    expect(words({})).toContain('/ops incident ack INC-42');
    expect(words({ drill: true })).toContain('DRILL INC-42');
  });

  it('has no empty lines where nothing is known to be affected', () => {
    const { text } = mailOf(incidentOf({ systems: '' }), 'level', 'UTC');
    expect(text).not.toContain('\n\n\n');
  });

  it.each([{ phi: true }, { private: true }])('is neutral with %j', (over) => {
    expect(words(over)).not.toContain('Jane');
    expect(words(over)).toContain('see Slack');
  });
});

describe('a number that people are to call', () => {
  const post = (text: string) =>
    fitPost({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }, 'post').text;

  it('is shown, while any other stays hidden, and only where it was marked', () => {
    expect(post(`CALL ${phoneMark('+1-555-0101')} not +1-555-0102`)).toBe(
      'CALL <tel:+15550101|+1-555-0101> not [phone]',
    );
    expect(post('&lt;contact:+1-555-0101&gt;')).not.toContain('0101');
    expect(phoneMark('anna@example.com')).toBe('');
    expect(markedPhone('<contact:https://evil.example>')).toBeUndefined();
  });
});
