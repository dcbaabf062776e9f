import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/incidents/stakeholders/model.ts';
import {
  leftAtMost,
  lookAt,
  nextLook,
  plannedClocks,
  responseClock,
  whoAnswers,
} from '../../../src/incidents/stakeholders/plan.ts';
import { boardPost, duePost } from '../../../src/incidents/stakeholders/posts.ts';
import { placesOf } from '../../../src/incidents/updates/write.ts';
import type { DueTime } from '../../../src/severities/decide.ts';
import { incidentOf, noon } from './sample.ts';

const minute = 60_000;
const at = (minutes: number) => new Date(noon.getTime() + minutes * minute);
const since = (date: Date | undefined) => date && (date.getTime() - noon.getTime()) / minute;

function clock(over: Partial<Clock> = {}): Clock {
  const plain = { key: 'stakeholder:board', who: 'Board', how: '', decides: '', state: 'due' as const };
  return { ...plain, fromAt: noon, dueAt: at(30), ...over };
}

function wanted(within: number, who = 'Board'): DueTime {
  const stakeholder = { who, withinMs: within * minute };
  return { key: `stakeholder:${who.toLowerCase()}`, name: 'stakeholder', at: at(within), stakeholder };
}

const response: DueTime = { key: 'response', name: 'response', at: at(15) };

describe('when other people must be told', () => {
  it.each<[string, Clock[], DueTime[], number, [state: string, due: number | undefined][]]>([
    ['a new one has the whole time from now', [], [wanted(15)], 10, [['due', 25]]],
    ['a known one has its time since the beginning', [clock()], [wanted(60)], 10, [['due', 60]]],
    ['less time that is over already counts from now', [clock({ dueAt: at(120) })], [wanted(15)], 40, [['due', 55]]],
    ['but never puts it off', [clock({ dueAt: at(50) })], [wanted(15)], 40, []],
    ['who was told stays told', [clock({ state: 'done' })], [wanted(5)], 10, []],
    ['what is overdue stays overdue', [clock()], [wanted(60)], 31, []],
    ['the same time is no change', [clock()], [wanted(30)], 10, []],
    ['who need not be told any more is dropped', [clock()], [response], 10, [['dropped', 30]]],
    ['who was told is not dropped', [clock({ state: 'done' })], [], 10, []],
    ['who was dropped has the whole time again', [clock({ state: 'dropped' })], [wanted(15)], 10, [['due', 25]]],
    ['the response is no stakeholder', [clock({ key: 'response' })], [response], 10, []],
  ])('%s', (_, before, now, minutes, then) => {
    expect(plannedClocks(before, now, at(minutes)).map(({ state, dueAt }) => [state, since(dueAt)])).toEqual(then);
  });

  it('a reminder that was given counts no more when the time is another', () => {
    const [planned] = plannedClocks([clock({ remindedAt: at(8) })], [wanted(60)], at(10));
    expect(planned).not.toHaveProperty('remindedAt');
  });

  it('the response has its own clock', () => {
    expect(responseClock([wanted(15), response], noon)).toMatchObject([{ key: 'response', dueAt: at(15) }]);
  });
});

describe('what is said of a clock of half an hour', () => {
  it.each([
    [24, 'nothing'],
    [25, 'soon'],
    [29, 'soon'],
    [30, 'overdue'],
  ])('in minute %d is %s', (minutes, said) => {
    const { soon, overdue } = lookAt([clock()], at(minutes));
    expect(soon.length > 0 ? 'soon' : overdue.length > 0 ? 'overdue' : 'nothing').toBe(said);
  });

  it('is said once, and not of who was told', () => {
    const said = [clock({ remindedAt: at(25) }), clock({ state: 'done' }), clock({ state: 'dropped' })];
    expect(lookAt(said, at(26))).toMatchObject({ soon: [], overdue: [] });
    expect(lookAt([clock({ overdueAt: at(30) })], at(40)).overdue).toEqual([]);
  });

  it('is late more than a minute after it should have been', () => {
    expect(lookAt([clock()], at(31)).late).toBe(false);
    expect(lookAt([clock()], at(32)).late).toBe(true);
    expect(lookAt([clock()], at(27)).late).toBe(true);
    // A clock that somebody moves on makes nothing late.
    expect(lookAt([clock()], at(40), () => 500).late).toBe(false);
  });

  it('of three minutes comes when a third is left', () => {
    const short = clock({ dueAt: at(3) });
    expect(lookAt([short], at(1.9)).soon).toEqual([]);
    expect(lookAt([short], at(2)).soon).toHaveLength(1);
  });

  it('nobody is reminded of the response before it is over', () => {
    expect(lookAt([clock({ key: 'response' })], at(29)).soon).toEqual([]);
    expect(lookAt([clock({ key: 'response' })], at(30)).overdue).toHaveLength(1);
  });
});

describe('the next look', () => {
  it('is at each step of the time that is left, and at its end', () => {
    const looks: (number | undefined)[] = [];
    for (let now: Date | undefined = at(-60); now; now = nextLook([clock({ fromAt: at(-60) })], now))
      looks.push(since(now));
    expect(looks).toEqual([-60, -30, 0, 15, 20, 25, 28, 30]);
  });

  it('there is none when all were told', () => {
    expect(nextLook([clock({ state: 'done' }), clock({ overdueAt: at(30) })], at(40))).toBeUndefined();
  });

  it('says until then how much is left at most', () => {
    expect(
      [61, 60, 31, 30, 3, 1].map((left) => since(new Date(noon.getTime() + (leftAtMost(clock(), at(30 - left)) ?? 0)))),
    ).toEqual([0, 60, 60, 30, 5, 2]);
  });
});

describe('the message', () => {
  const by = { id: 'slack:U1', mention: '<@U1>' };
  it('keeps notes to those who may read them', () => {
    const clocks = [clock({ state: 'done', done: { at: at(31), by, note: 'Jane <!here> Roe' } })];
    const text = (notes: boolean) => JSON.stringify(boardPost(incidentOf(), clocks, { now: at(40), notes }).blocks);
    expect(text(true)).toMatch(/told .*by <@U1>, late: Jane &lt;!here&gt; Roe/);
    expect(text(false)).toContain('(with a note)');
  });

  it('of hostile names stays inert', () => {
    const evil = clock({ who: '<!channel>*Board*', how: '<https://evil|ok>', decides: '<@U9>' });
    const posts = [
      boardPost(incidentOf(), [evil], { now: noon, notes: true }),
      duePost(incidentOf(), { soon: [evil], overdue: [evil], late: false }, noon),
    ];
    const shown = posts.flatMap(({ blocks }) =>
      blocks.map((block) => JSON.stringify({ ...block, elements: [], accessory: [] })),
    );
    expect(shown.join()).not.toMatch(/<!channel>|<https|<@U9>/);
  });
});

it('speaks to the commander, else to who acknowledged, else to who declared', () => {
  const commander = { id: 'slack:U1', mention: '<@U1>', since: noon };
  expect(whoAnswers(incidentOf({ roles: { commander } }))).toBe('<@U1>');
  expect(whoAnswers(incidentOf({ acknowledged: { at: noon, by: '<@U2>' } }))).toBe('<@U2>');
  expect(whoAnswers(incidentOf({ acknowledged: { at: noon, by: 'Ben in PagerDuty' } }))).toBe('<@U0ANNA0001>');
});

it.each([
  [{}, ['announcement whole']],
  [{ home: { channel: 'C1', name: 'inc' } }, ['incident whole', 'announcement whole']],
  [{ home: { channel: 'C1', name: 'inc' }, homeProblem: 'it is archived' }, ['announcement whole']],
  [{ phi: true }, ['incident whole', 'announcement neutral']],
  [{ phi: true, homeProblem: 'restricted' }, ['announcement neutral']],
  [{ private: true, phi: true, home: { channel: 'C1', name: 'inc' } }, ['incident whole']],
])('an update of %j stands in %j', (over, places) => {
  const incident = incidentOf(over);
  const told = placesOf(incident, { whole: 'whole', neutral: 'neutral' });
  expect(told.map(({ to, post }) => `${to} ${post}`)).toEqual(places);
});
