import { describe, expect, it } from 'vitest';
import { isChannelOpen, nextChase, nextReminder, personToAsk, reminding } from '../../../src/incidents/after/decide.ts';
import { readFollowUp } from '../../../src/incidents/after/followup-words.ts';
import { factsOf } from '../../../src/incidents/after/notice.ts';
import { readEnding, resolveFields } from '../../../src/incidents/after/resolve-form.ts';
import type { Paper } from '../../../src/incidents/after/store.ts';
import { statsPeriod } from '../../../src/incidents/stats/period.ts';
import { incidentOf, noon } from './sample.ts';

const hour = 3_600_000;
const day = 24 * hour;
const after = (ms: number) => new Date(noon.getTime() + ms);
const resolved = { at: noon, by: '<@U1>', words: 'rolled back' };

describe('reminders', () => {
  it.each([
    ['at first halfway', 0, 36 * hour],
    ['then two hours before', 36 * hour, 70 * hour],
    ['then when it is due', 70 * hour, 72 * hour],
    ['then a day later', 72 * hour, 96 * hour],
    ['after three days weekly', 144 * hour, 312 * hour],
    ['after a long silence once, then in the same rhythm', 400 * hour, 480 * hour],
  ])('of a post-mortem come %s', (_, at, next) => {
    expect(nextReminder({ from: noon, dueAt: after(72 * hour) }, after(at))).toEqual(after(next));
  });

  it('of what is due in an hour leave out what would come before its half', () => {
    const plan = { from: noon, dueAt: after(hour) };
    expect(nextReminder(plan, noon)).toEqual(after(hour / 2));
    expect(nextReminder(plan, after(hour / 2))).toEqual(after(hour));
  });

  it.each([
    ['the day before', 0, 13 * day],
    ['when it is due', 13 * day, 14 * day],
    ['weekly', 14 * day, 21 * day],
    ['weekly still, after a year', 379 * day, 385 * day],
  ])('of a follow-up come %s', (_, at, next) => {
    expect(nextChase({ from: noon, dueAt: after(14 * day) }, after(at))).toEqual(after(next));
  });

  it('of one that is due in four hours come halfway', () => {
    expect(nextChase({ from: noon, dueAt: after(4 * hour) }, noon)).toEqual(after(2 * hour));
  });

  const dueAt = after(72 * hour);
  const plan = { dueAt, plannedAt: after(36 * hour) };
  const paper: Paper = { incident: 42, kind: 'report', state: 'due', dueAt, link: '', reason: '' };
  it.each([
    ['remind', incidentOf({ resolved }), paper],
    ['remind', incidentOf({ resolved }), { ...paper, remindedAt: after(35 * hour) }],
    ['reminded', incidentOf({ resolved }), { ...paper, remindedAt: after(36 * hour) }],
    ['planned_anew', incidentOf({ resolved }), { ...paper, dueAt: after(80 * hour) }],
    ['closed', incidentOf({ resolved }), { ...paper, state: 'done' as const }],
    ['closed', incidentOf({ resolved }), undefined],
    ['open_again', incidentOf(), paper],
    ['open_again', undefined, undefined],
  ])('find that it is to %s', (outcome, incident, found) => {
    expect(reminding(plan, { incident, paper: found })).toBe(outcome);
  });

  it('go to who led it, else who took it on, else who ended it, as far as they are in Slack', () => {
    const since = noon;
    const commander = { id: 'slack:UCMD', mention: '<@UCMD>', since };
    const acknowledged = { at: noon, by: '<@UACK>', id: 'slack:UACK' };
    const over = { ...resolved, id: 'slack:URES' };
    expect(personToAsk(incidentOf({ roles: { commander }, acknowledged, resolved: over }))?.id).toBe('slack:UCMD');
    expect(personToAsk(incidentOf({ acknowledged, resolved: over }))?.id).toBe('slack:UACK');
    const inPagerDuty = { ...acknowledged, id: 'pagerduty:ben@example.com' };
    expect(personToAsk(incidentOf({ acknowledged: inPagerDuty, resolved: over }))?.id).toBe('slack:URES');
    expect(personToAsk(incidentOf({ resolved: { ...over, id: 'os:anna' } }))).toBeUndefined();
  });

  it('leave a channel alone once it is archived', () => {
    const over = incidentOf({ resolved });
    expect(isChannelOpen(over, 7 * day, after(7 * day - 1))).toBe(true);
    expect(isChannelOpen(over, 7 * day, after(7 * day))).toBe(false);
    expect(isChannelOpen(over, undefined, after(700 * day))).toBe(true);
  });
});

describe('a follow-up in words', () => {
  const asker = { id: 'slack:U1', mention: '<@U1>' };
  const now = new Date('2026-10-25T15:00:00Z');
  const read = (line: string, zone = 'America/New_York') => readFollowUp(line.split(' '), { asker, now, zone });

  it.each([
    ['add index on orders @dba 14d', 'add index on orders', '@dba', '2026-11-08T22:00:00.000Z'],
    ['add index 14d @dba', 'add index', '@dba', '2026-11-08T22:00:00.000Z'],
    ['add index <@U2|ben> 2026-11-01', 'add index', 'slack:U2', '2026-11-01T22:00:00.000Z'],
    ['add index <!subteam^S9> 4h', 'add index', 'slack-group:S9', '2026-10-25T19:00:00.000Z'],
    ['add index 1d', 'add index', 'slack:U1', '2026-10-26T21:00:00.000Z'],
    ['mail @dba about 14d of logs', 'mail @dba about 14d of logs', 'slack:U1', '2026-11-08T22:00:00.000Z'],
  ])('%s', (line, words, owner, dueAt) => {
    const asked = read(line);
    expect([asked.words, asked.owner.id, asked.dueAt.toISOString()]).toEqual([words, owner, dueAt]);
  });

  it('is due at the same time of day, whatever the clock did meanwhile', () => {
    expect(read('x 6d').dueAt.toISOString()).toBe('2026-10-31T21:00:00.000Z');
    expect(read('x 7d').dueAt.toISOString()).toBe('2026-11-01T22:00:00.000Z');
  });

  it.each(['x 2026-10-24', 'x 2026-02-30', 'x 1200d', 'x 0d'.replace('0d', '2020-01-01')])(
    '%s is a mistake',
    (line) => {
      expect(() => read(line)).toThrow();
    },
  );
});

describe('the dialog that resolves', () => {
  const now = noon;
  it('needs what resolved it, or that it was a false alarm', () => {
    expect(readEnding({ cause: 'x' }, now)).toEqual({ errors: { words: expect.stringContaining('What resolved it') } });
    expect(readEnding({ how: ['false-alarm'] }, now)).toMatchObject({ parsed: { falseAlarm: true } });
    expect(readEnding({ words: 'x', ended: after(60_000) }, now)).toMatchObject({ parsed: { endedAt: after(60_000) } });
    expect(readEnding({ words: 'x', ended: after(hour) }, now)).toEqual({ errors: { ended: expect.any(String) } });
  });

  it('begins with when it was mitigated, and shows foreign words as words', () => {
    const items = resolveFields({
      incident: incidentOf({ title: '<!channel>', mitigated: { at: noon, by: '' } }),
      now,
    });
    expect(JSON.stringify(items)).toContain('&lt;!channel&gt;');
    expect(items).toContainEqual(expect.objectContaining({ name: 'ended', initial: noon }));
  });
});

describe('the notice', () => {
  const over = incidentOf({
    resolved: { ...resolved, at: after(90 * 60_000), cause: 'a deploy' },
    drill: true,
    phi: true,
  });
  it('says not known yet, and of PHI nothing to others', () => {
    const zone = 'America/New_York';
    expect(factsOf(over, { quoted: true, zone })).toMatchObject({
      ...{ severity: 'DRILL P0 Critical', duration: '1 h 30 min', time: '23 Nov 2026, 08:30 EST' },
      ...{ cause: 'a deploy', resolution: 'rolled back', prevention: '', title: 'API is down' },
    });
    const neutral = factsOf(over, { quoted: false, zone });
    expect(JSON.stringify(neutral)).not.toMatch(/deploy|rolled|API/);
    expect(factsOf(incidentOf({ resolved }), { quoted: false, zone }).cause).toBe('not known yet');
  });
});

describe('a period of figures', () => {
  it.each(['x', '0d', '9999d', '2026-13', '2027', '2026-12'])('%s is none', (word) => {
    expect(() => statsPeriod(word, noon, 'UTC')).toThrow(/no time to count|has not begun/);
  });

  it('ends now at the latest, and begins with its month', () => {
    expect(statsPeriod('2026-11', noon, 'UTC')).toMatchObject({ from: new Date('2026-11-01T00:00:00Z'), to: noon });
    expect(statsPeriod('30d', noon, 'UTC').months).toEqual([
      { key: '2026-10', from: after(-30 * day) },
      { key: '2026-11', from: new Date('2026-11-01T00:00:00Z') },
    ]);
  });
});
