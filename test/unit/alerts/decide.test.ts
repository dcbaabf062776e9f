import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChannelNow,
  joinNotifies,
  latestOfEach,
  needsSomebody,
  nextAction,
  type Opening,
  place,
  tell,
} from '../../../src/alerts/decide.ts';
import type { Notice, Problem, Step } from '../../../src/alerts/model.ts';
import { type Outcome, outcomes } from '../../../src/health/model.ts';
import { noon } from '../../support/reports.ts';

function problem(checkId: string, outcome: Outcome = 'fail', over: Partial<Problem> = {}): Problem {
  const said = { outcome, reason: 'bad', since: noon, owner: '@web' };
  return { checkId, openedAt: noon, beganAt: noon, worst: outcome, said, ...over };
}

function step(kind: Step['kind'], outcome: Outcome, over: Partial<Step> = {}): Step {
  const notify = kind !== 'improved' && kind !== 'closed';
  return { version: 2, checkId: 'a', kind, notify, said: { outcome, reason: 'bad', since: noon }, ...over };
}

function notice(over: Partial<Notice> = {}): Notice {
  const base = {
    id: 'n',
    channel: '#alerts',
    openedAt: noon,
    version: 1,
    shown: 0,
    said: 0,
    gone: false,
    standing: [],
  };
  return { ...base, problems: [problem('a')], steps: [], ...over };
}

const quiet: ChannelNow = { openedLately: 0, earlier: new Map() };
const openings = (...ids: string[]): Opening[] => ids.map((checkId) => ({ checkId, outcome: 'fail' }));
const placed = (list: readonly Opening[], channel: Partial<ChannelNow> = {}) =>
  place(list, { ...quiet, ...channel }).map((each) => {
    const ids = each.kind === 'again' ? [each.opening.checkId] : each.openings.map(({ checkId }) => checkId);
    return `${each.kind}${each.kind === 'new' ? (each.grouped ? ' grouped' : '') : ` ${each.notice}`}: ${ids.join(' ')}`;
  });

describe('which message tells of what opens', () => {
  it('up to three in a minute have one of their own', () => {
    expect(placed(openings('a', 'b', 'c'))).toEqual(['new: a', 'new: b', 'new: c']);
    expect(placed(openings('a'), { openedLately: 2 })).toEqual(['new: a']);
  });

  it('more share one, worst first', () => {
    const list: Opening[] = [
      { checkId: 'w', outcome: 'warn' },
      { checkId: 'u', outcome: 'unknown' },
      ...openings('z', 'b'),
    ];
    expect(placed(list)).toEqual(['new grouped: b z u w']);
    expect(placed(openings('a'), { openedLately: 3 })).toEqual(['new grouped: a']);
  });

  it('while a message of several is open they join it, but only in a rush', () => {
    expect(placed(openings('a', 'b'), { openedLately: 2, group: 'g' })).toEqual(['joins g: a b']);
    expect(placed(openings('a', 'b'), { openedLately: 1, group: 'g' })).toEqual(['new: a', 'new: b']);
  });

  it('the third time within an hour goes on in its thread, whatever the rush', () => {
    const earlier = new Map([
      ['a', { times: 2, notice: 'n' }],
      ['b', { times: 1, notice: 'm' }],
    ]);
    expect(placed(openings('a', 'b'), { earlier })).toEqual(['again n: a', 'new: b']);
    expect(placed(openings('a', 'b'), { earlier, openedLately: 9 })).toEqual(['again n: a', 'new grouped: b']);
    expect(placed(openings('a'), { earlier })).toEqual(['again n: a']);
  });

  it('each goes somewhere, once, and never into more than three new messages', () => {
    const some = fc.uniqueArray(fc.record({ checkId: fc.string(), outcome: fc.constantFrom(...outcomes) }), {
      selector: ({ checkId }) => checkId,
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(some, fc.nat(10), fc.option(fc.constant('g'), { nil: undefined }), (list, openedLately, group) => {
        const all = place(list, { ...quiet, openedLately, ...(group && { group }) });
        const ids = all.flatMap((each) => (each.kind === 'again' ? [each.opening] : each.openings));
        expect(ids.map(({ checkId }) => checkId).toSorted()).toEqual(list.map(({ checkId }) => checkId).toSorted());
        expect(all.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('who has something to do', () => {
  it.each([
    ['fail', {}, true],
    ['unknown', {}, true],
    ['warn', {}, true],
    ['blocked', {}, false],
    ['stale', {}, false],
    ['fail', { muted: {} }, false],
    ['fail', { endedAt: noon }, false],
  ] as const)('%s %o: %s', (outcome, over, expected) => {
    expect(needsSomebody(problem('a', outcome, over))).toBe(expected);
  });

  it.each([
    ['makes it worse', { outcome: 'fail', owner: '@web' }, [problem('a', 'warn')], true],
    ['is no worse, same owner', { outcome: 'warn', owner: '@web' }, [problem('a', 'warn')], false],
    ['is no worse, nobody owns it', { outcome: 'warn' }, [problem('a', 'fail')], false],
    ['concerns somebody new', { outcome: 'warn', owner: '@dba' }, [problem('a', 'fail')], true],
    ['all others are muted or over', { outcome: 'warn', owner: '@web' }, [problem('a', 'fail', { muted: {} })], true],
  ] as const)('one that joins and %s', (_, joining, present, expected) => {
    expect(joinNotifies(joining, present)).toBe(expected);
  });
});

describe('what a thread tells', () => {
  const told = (steps: Step[], problems = [problem('a')]) => {
    const { steps: kept, notify } = tell({ steps, problems });
    return { kept: kept.map(({ kind, was, said }) => `${kind} ${was ?? '-'}>${said.outcome}`), notify };
  };

  it.each([
    ['worse', [step('worsened', 'fail', { was: 'warn' })], ['worsened warn>fail'], true],
    ['better', [step('improved', 'warn', { was: 'fail' })], ['improved fail>warn'], false],
    ['over', [step('closed', 'ok', { was: 'fail' })], ['closed fail>ok'], false],
    [
      'worse and back while nothing could be said',
      [step('worsened', 'fail', { was: 'warn' }), step('improved', 'warn', { was: 'fail' })],
      [],
      false,
    ],
    [
      'better, then worse than before',
      [step('improved', 'warn', { was: 'unknown' }), step('worsened', 'fail', { was: 'warn' })],
      ['worsened unknown>fail'],
      true,
    ],
    [
      'much worse, then a little better',
      [step('worsened', 'fail', { was: 'warn' }), step('improved', 'unknown', { was: 'fail' })],
      ['worsened warn>unknown'],
      true,
    ],
    ['worse, then over', [step('worsened', 'fail', { was: 'warn' }), step('closed', 'ok')], ['closed ->ok'], false],
    ['over, then again', [step('closed', 'ok'), step('again', 'fail')], ['again ->fail'], true],
    [
      'joined, then better',
      [step('joined', 'fail'), step('improved', 'warn', { was: 'fail' })],
      ['joined ->warn'],
      true,
    ],
    [
      'joined quietly, then worse',
      [step('joined', 'warn', { notify: false }), step('worsened', 'fail', { was: 'warn' })],
      ['joined ->fail'],
      true,
    ],
    ['no longer muted', [step('unmuted', 'fail')], ['unmuted ->fail'], true],
    ['joined quietly', [step('joined', 'warn', { notify: false })], ['joined ->warn'], false],
  ])('%s', (_, steps, kept, notify) => {
    expect(told(steps)).toEqual({ kept, notify });
  });

  it('what was muted or ended meanwhile calls nobody', () => {
    const steps = [step('worsened', 'fail', { was: 'warn' })];
    expect(told(steps, [problem('a', 'fail', { muted: {} })]).notify).toBe(false);
    expect(told(steps, []).notify).toBe(false);
    const muted = [problem('a', 'fail', { muted: {} })];
    expect(told([step('unmuted', 'fail')], muted)).toEqual({ kept: [], notify: false });
  });

  it('tells of each check once', () => {
    const steps = [step('worsened', 'fail', { was: 'warn' }), step('improved', 'warn', { checkId: 'b', was: 'fail' })];
    expect(told(steps, [problem('a'), problem('b', 'warn')])).toEqual({
      kept: ['worsened warn>fail', 'improved fail>warn'],
      notify: true,
    });
  });

  it('the last of a check that opened several times counts', () => {
    const list = [problem('a', 'fail', { endedAt: noon }), problem('b'), problem('a', 'warn')];
    expect(latestOfEach(list).map(({ checkId, said }) => `${checkId} ${said.outcome}`)).toEqual(['a warn', 'b fail']);
  });
});

describe('the next thing to do', () => {
  const worse = [step('worsened', 'fail', { was: 'warn' })];
  const better = [step('improved', 'warn', { was: 'fail' })];
  const there = { ts: '1.0', channelId: 'C1', shown: 1, said: 1 };

  it.each([
    ['nothing was posted', {}, 'post'],
    ['a post was begun', { posting: 1 }, 'look-for-message'],
    ['it is there', there, 'done'],
    ['it changed', { ...there, version: 2 }, 'edit'],
    ['it changed and its thread has news: the message first', { ...there, version: 2, steps: worse }, 'edit'],
    ['the message is right, its thread is not', { ...there, version: 2, shown: 2, steps: worse }, 'tell'],
    ['the change is nothing for the thread', { ...there, version: 2, shown: 2 }, 'skip-telling'],
    ['a post in the thread was begun', { ...there, version: 3, saying: 2, steps: worse }, 'look-for-telling'],
    ['all is said', { ...there, version: 2, shown: 2, said: 2 }, 'done'],
    ['a post that the channel shows is over', { ...there, standing: [{ ts: '2.0', what: [] }] }, 'settle'],
    ['somebody deleted it', { gone: true, version: 2, shown: 2, said: 2 }, 'done'],
    ['deleted, and there is news', { gone: true, version: 3, shown: 2, said: 2, steps: worse }, 'post'],
    ['deleted, and it is better', { gone: true, version: 3, shown: 2, said: 2, steps: better }, 'skip-telling'],
    ['deleted, and a new one was begun', { gone: true, version: 3, posting: 3, steps: worse }, 'look-for-message'],
  ] satisfies [string, Partial<Notice>, string][])('%s', (_, over, kind) => {
    expect(nextAction(notice(over)).kind).toBe(kind);
  });
});
