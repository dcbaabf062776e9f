import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependentsOf } from '../../../src/alerts/dependents.ts';
import type { Problem, Step } from '../../../src/alerts/model.ts';
import { messagePost } from '../../../src/alerts/views/message.ts';
import { tellingPost } from '../../../src/alerts/views/telling.ts';
import { lasted, ownersOf, type Surroundings } from '../../../src/alerts/views/words.ts';
import { type Outcome, outcomes } from '../../../src/health/model.ts';
import type { Post } from '../../../src/kernel/command.ts';
import { shownText } from '../../support/slack-bot.ts';

const now = new Date('2026-11-23T08:18:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const around: Surroundings = {
  now,
  zone: 'America/New_York',
  mentions: new Map([['@primary', '<@U1>']]),
  dependents: (id) => (id === 'api' ? 4 : 0),
};

function problem(checkId: string, outcome: Outcome = 'fail', over: Partial<Problem> = {}): Problem {
  const said = { outcome, reason: '503 (want 200)', since: ago(14), next: 'check ECS', owner: '@primary' };
  return { checkId, openedAt: ago(14), beganAt: ago(14), worst: outcome, said, worstReason: said.reason, ...over };
}

function step(kind: Step['kind'], outcome: Outcome, over: Partial<Step> = {}): Step {
  return { version: 2, checkId: 'api', kind, notify: false, said: problem('api', outcome).said, ...over };
}

const buttonsOf = ({ blocks }: Post) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"([^"]+)"/g)].map(([, id]) => id);

describe('the message of a problem', () => {
  it('open: what, since when in the zone of the team, who, what to do', () => {
    const post = messagePost({ problems: [problem('api')] }, around);
    expect(post.text).toBe('🔴 FAIL api: 503 (want 200) · since 03:04 EST · <@U1>');
    expect(shownText(post)).toContain(
      '🔴 *FAIL api*: 503 (want 200) · since 03:04 EST · <@U1>\n→ check ECS · 4 checks depend on it',
    );
    expect(buttonsOf(post)).toContain('health.mute1h');
  });

  it('a warning does not claim that others depend on it', () => {
    expect(shownText(messagePost({ problems: [problem('api', 'warn')] }, around))).not.toContain('depend');
  });

  it('from an earlier day: with its date', () => {
    const said = { ...problem('api').said, since: ago(3 * 1440) };
    expect(messagePost({ problems: [problem('api', 'fail', { said })] }, around).text).toContain(
      'since Fri 20 Nov 03:18 EST',
    );
  });

  it('over, or no longer checked', () => {
    const over = messagePost({ problems: [problem('api', 'fail', { endedAt: now, ending: 'ok' })] }, around);
    expect(over.text).toBe('✅ OK api — not ok for 14 min (03:04–03:18 EST)');
    expect(shownText(over)).toContain('It was FAIL: 503 (want 200)');
    expect(buttonsOf(over)).toEqual(['health.details']);
    const removed = messagePost({ problems: [problem('api', 'warn', { endedAt: now, ending: 'removed' })] }, around);
    expect(removed.text).toBe('➖ api is no longer checked — not ok for 14 min (03:04–03:18 EST)');
    expect(buttonsOf(removed)).toEqual([]);
  });

  it('its runbook, a file of ours, has a button until it is over; a URL is a link', () => {
    const withRunbook = (runbook: string, over: Partial<Problem> = {}) =>
      messagePost(
        { problems: [problem('api', 'fail', { said: { ...problem('api').said, runbook }, ...over })] },
        around,
      );
    const post = withRunbook('api-down.md');
    expect(buttonsOf(post).slice(0, 2)).toEqual(['health.details', 'health.runbook']);
    expect(post.blocks.at(-1)).toMatchObject({ elements: [{}, { value: 'api' }, {}, {}, {}, {}] });
    expect(buttonsOf(withRunbook('api-down.md', { muted: {} }))).toContain('health.runbook');
    expect(buttonsOf(withRunbook('api-down.md', { endedAt: now, ending: 'ok' }))).toEqual(['health.details']);
    expect(buttonsOf(withRunbook('https://wiki.example/api'))).not.toContain('health.runbook');
  });

  it('has a button that declares an incident where it fails, and only there', () => {
    const failing = messagePost({ problems: [problem('api', 'fail')] }, around);
    expect(buttonsOf(failing)).toContain('incident.declare');
    expect(JSON.stringify(failing)).toContain('"value":"check:api"');
    expect(buttonsOf(messagePost({ problems: [problem('api', 'warn')] }, around))).not.toContain('incident.declare');
  });

  it('muted: until when and by whom, without a mention or a button to mute', () => {
    const post = messagePost(
      { problems: [problem('api', 'fail', { muted: { until: ago(-40), by: 'Anna' } })] },
      around,
    );
    expect(post.text).toBe('🔕 MUTED api until 03:58 EST by Anna · FAIL: 503 (want 200)');
    expect(JSON.stringify(post)).not.toContain('<@U1>');
    expect(buttonsOf(post)).toEqual(['health.details', 'health.measure']);
    const mute = messagePost({ problems: [problem('api', 'fail', { muted: { mute: 'm1' } })] }, around);
    expect(buttonsOf(mute)).toEqual(['health.details', 'health.unmute', 'health.measure']);
    expect(mute.blocks.at(-1)).toMatchObject({ elements: [{}, { value: 'm1' }, {}] });
  });
});

describe('the message of several', () => {
  const many = Array.from({ length: 40 }, (_, at) => problem(`c${at}`, at % 2 ? 'fail' : 'warn'));

  it('lists the worst and counts the rest', () => {
    const text = shownText(messagePost({ problems: many }, around));
    expect(text).toContain('🔴 *40 problems: 20 fail · 20 warn* since 03:04 EST · <@U1>');
    expect(text).toContain('… and 28 more: ');
    expect(text.split('<@U1>')).toHaveLength(2);
  });

  it('has the runbooks of the worst, each file once', () => {
    const files = many.slice(0, 8).map((each, at) => {
      return { ...each, said: { ...each.said, runbook: `${'abcd'[Math.floor(at / 2)]}.md` } };
    });
    const post = messagePost({ problems: files }, around);
    expect(buttonsOf(post).filter((id) => id?.startsWith('health.runbook'))).toEqual([
      'health.runbook.0',
      'health.runbook.1',
      'health.runbook.2',
    ]);
  });

  it('says what is muted and what is over, and when all is', () => {
    const some = [
      problem('a'),
      problem('b', 'fail', { muted: {} }),
      problem('c', 'warn', { endedAt: now, ending: 'ok' }),
    ];
    const text = shownText(messagePost({ problems: some }, around));
    expect(text).toContain('🔴 *1 problem: 1 fail*');
    expect(text).toContain('🔕 1 muted: b');
    expect(text).toContain('✅ 1 over: c');
    expect(messagePost({ problems: some.slice(1) }, around).text).toContain('what is open is muted or measured again');
    const over = some.map((each) => ({ ...each, muted: undefined, endedAt: now, ending: 'ok' as const }));
    expect(messagePost({ problems: over }, around).text).toBe('✅ OK: all 3 are over — 14 min (03:04–03:18 EST)');
  });

  it('stays below the limits with the longest texts, and its own count is right', () => {
    const long = many.map((each) => ({
      ...each,
      said: { ...each.said, reason: '<&>'.repeat(2_000), next: '&'.repeat(500) },
    }));
    const { blocks } = messagePost({ problems: long }, around);
    expect(JSON.stringify(blocks).length).toBeLessThan(13_000);
    const rows = blocks.filter((block) => 'accessory' in block).length;
    expect(rows).toBeGreaterThan(2);
    expect(shownText({ blocks })).toContain(`… and ${40 - rows} more: `);
  });
});

describe('what is told in a thread', () => {
  it('worse: with what it was, the next step and the owner', () => {
    const steps = [step('worsened', 'fail', { was: 'warn', notify: true })];
    const post = tellingPost({ steps, notify: true }, [problem('api')], around);
    expect(post.text).toBe('🔴 FAIL api: 503 (want 200) · was WARN, since 03:04 EST · <@U1>');
    expect(shownText(post)).toContain('→ check ECS');
  });

  it('what must be seen first; owners of that alone', () => {
    const other = { ...problem('db').said, owner: '@other' };
    const steps = [
      step('improved', 'warn', { checkId: 'db', said: other }),
      step('again', 'fail', { notify: true, times: 3 }),
    ];
    const post = tellingPost({ steps, notify: true }, [problem('api'), problem('db')], around);
    expect(shownText(post).indexOf('FAIL api')).toBeLessThan(shownText(post).indexOf('FAIL db'));
    expect(post.text).toBe('🔴 FAIL api: 503 (want 200) · again, 3 times within an hour and 1 more · <@U1>');
    expect(JSON.stringify(post)).not.toContain('other');
  });

  it('many: some, and how many more', () => {
    const steps = Array.from({ length: 50 }, (_, at) => step('joined', 'warn', { checkId: `c${at}` }));
    const text = shownText(tellingPost({ steps, notify: false }, [], around));
    const shown = text.split('WARN').length - 1;
    expect(text).toContain(`… and ${50 - shown} more`);
    expect(text.length).toBeLessThan(3_000);
  });
});

describe('words', () => {
  it.each([
    [0, '0 ms'],
    [42_400, '42 s'],
    [59_900, '1 min'],
    [840_000, '14 min'],
    [4_800_000, '1 h 20 min'],
  ])('%d ms lasted %s', (ms, words) => {
    expect(lasted(now, new Date(now.getTime() + ms))).toBe(words);
  });

  it('owners once each, at most eight', () => {
    expect(ownersOf(['@primary', undefined, '@primary'], around)).toBe('<@U1>');
    expect(
      ownersOf(
        Array.from({ length: 10 }, (_, at) => `team${at}`),
        around,
      ),
    ).toMatch(/team7 and 2 more$/);
  });

  it('counts what depends on a check, near or far, once, also in a ring', () => {
    const check = (id: string, ...dependsOn: string[]) => ({ id, dependsOn });
    const count = dependentsOf([
      check('db'),
      check('a', 'db'),
      check('b', 'db', 'a'),
      check('c', 'b'),
      check('x', 'y'),
      check('y', 'x'),
    ]);
    expect(['db', 'a', 'c', 'x', 'none'].map(count)).toEqual([3, 2, 0, 1, 0]);
  });
});

describe('any outcome and time', () => {
  it('has words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...outcomes), fc.date({ noInvalidDate: true }), fc.boolean(), (outcome, at, over) => {
        const said = { ...problem('api', outcome).said, since: at };
        const one = problem('api', outcome, { said, beganAt: at, ...(over && { endedAt: now }) });
        expect(messagePost({ problems: [one] }, around).text).toContain('api');
      }),
    );
  });
});
