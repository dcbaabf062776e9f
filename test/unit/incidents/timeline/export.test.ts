import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../../../src/incidents/model.ts';
import { timelineJson } from '../../../../src/incidents/timeline/json.ts';
import { timelineMarkdown } from '../../../../src/incidents/timeline/markdown.ts';
import { hostileText } from '../../../support/hostile-text.ts';
import { incidentOf, noon } from '../sample.ts';

const event = (over: Partial<IncidentEvent> = {}): IncidentEvent => {
  return { id: 1, at: noon, kind: 'note', by: 'slack:U0ANNA0001', words: 'rolled back', ...over };
};
const minutes = (n: number) => new Date(noon.getTime() + n * 60_000);

describe('a timeline as Markdown', () => {
  it('has a heading for each day of the zone, and a line for each event in order of happening', () => {
    const events = [
      event({ id: 1, kind: 'declared', words: 'P0 Critical: API is down' }),
      event({ id: 2, at: minutes(-11 * 60), words: 'noticed by the night shift', by: 'os:ben' }),
      event({ id: 3, at: minutes(3), kind: 'page_accepted', by: 'pagerduty', words: 'page 1' }),
    ];
    const names = { nameOf: (id: string) => (id === 'slack:U0ANNA0001' ? 'Anna' : undefined) };
    expect(timelineMarkdown(incidentOf(), events, 'America/New_York', names)).toBe(
      [
        '# Timeline of INC-42 P0 Critical: API is down',
        'Times are those of America/New\\_York.',
        '## 2026-11-22',
        '- 20:00:00 **Noted** · ben · noticed by the night shift',
        '## 2026-11-23',
        '- 07:00:00 **Declared** · Anna · P0 Critical: API is down\n- 07:03:00 **Paged** · PagerDuty · page 1\n',
      ].join('\n\n'),
    );
  });

  it('keeps what was struck out, and says so', () => {
    const struck = { at: minutes(1), by: 'os:ben', reason: 'wrong *incident*' };
    expect(timelineMarkdown(incidentOf(), [event({ struck })], 'UTC')).toContain(
      '- 12:00:00 STRUCK by ben (wrong \\*incident\\*): **Noted** · U0ANNA0001 · rolled back',
    );
  });

  it('lists what checks did meanwhile', () => {
    const checks = [{ at: noon, check: 'api', from: 'ok', to: 'fail' }];
    expect(timelineMarkdown(incidentOf(), [], 'UTC', { checks })).toContain(
      '## Checks meanwhile\n\n- 2026-11-23 12:00:00 · api · ok → fail',
    );
  });

  it('names people and channels in words, and mentions nobody where it is shown', () => {
    const words = '<@U0BEN00001> asked in <#C0OPS00001|ops>: @anna?';
    const nameOf = (id: string) => (id === 'slack:U0BEN00001' ? 'Ben' : undefined);
    expect(timelineMarkdown(incidentOf(), [event({ words })], 'UTC', { nameOf })).toContain(
      '@\u2060Ben asked in \\#ops: @\u2060anna?',
    );
  });

  it('of hostile words has their text and nothing of their Markdown or HTML', () => {
    const hostile = fc.oneof(
      hostileText,
      fc.constantFrom(
        ...['</li><script>alert(1)</script>', '![x](http://evil.example/i.png)', '[x]: http://evil.example', '[x]'],
        ...[
          '\n# heading',
          '\n\n---\n\n',
          'x\n===',
          '\n```\n',
          '| a |\n|---|\n| b |',
          '<!-- x',
          '&lt;b&gt;',
          '\n1. x\n2) y',
        ],
        ...[
          '\\',
          'x\\\n# y',
          '*a* _b_ ~~c~~ `d`',
          '<http://evil.example>',
          '\n- [ ] x',
          '    code',
          '\tcode',
          '+ x',
          ': x',
        ],
        ...[
          'see https://status.example/a_b?c=d&e#f now',
          'https://evil.example](http://x.example)',
          'www.evil.example',
        ],
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (words, title) => {
        const struck = { at: noon, by: words, reason: title };
        const events = [event({ words }), event({ words: `a\n${words}\nb`, by: words, struck })];
        const text = timelineMarkdown(incidentOf({ title, label: words }), events, 'UTC', {
          checks: [{ at: noon, check: words, to: title }],
        });
        const kinds = new Map<string, number>();
        marked.walkTokens(marked.lexer(text), (token) => {
          // An address that can be seen.
          const plain = token.type === 'link' && token.raw === token.text && !token.raw.includes('\\');
          if (!plain) kinds.set(token.type, (kinds.get(token.type) ?? 0) + 1);
        });
        const { heading, strong, list, list_item, ...rest } = Object.fromEntries(kinds);
        expect({ heading, strong, list, list_item }).toEqual({ heading: 3, strong: 2, list: 2, list_item: 3 });
        const plain = ['paragraph', 'space', 'text', 'escape', 'br'];
        expect(Object.keys(rest).filter((kind) => !plain.includes(kind))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('of 2,000 entries is made at once', () => {
    const events = Array.from({ length: 2_000 }, (_, n) =>
      event({ id: n, at: minutes(2_000 - n), words: `*step* ${n} <@U0BEN00001>\nand more of it`.repeat(5) }),
    );
    const startedAt = performance.now();
    const text = timelineMarkdown(incidentOf(), events, 'Europe/Berlin');
    const json = timelineJson(incidentOf(), events);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(text.split('\n- ')).toHaveLength(2_001);
    expect(json.events.map(({ id }) => id)).toEqual(Array.from({ length: 2_000 }, (_, n) => 1_999 - n));
  });
});

it('a timeline as JSON has a stable shape', () => {
  const struck = { at: minutes(1), by: 'os:ben', reason: 'wrong incident' };
  const events = [event({ id: 7, struck, data: { channel: 'C1' } })];
  const incident = incidentOf({ resolved: { at: minutes(9), by: '<@U1>', words: '' } });
  expect(timelineJson(incident, events, { checks: [{ at: noon, check: 'api', to: 'fail' }] })).toEqual({
    ...{ format: 'rounds-timeline', version: 1 },
    incident: {
      ...{ id: 'INC-42', title: 'API is down', severity: 'p0', label: 'P0 Critical', drill: false },
      ...{ private: false, phi: false, declaredAt: '2026-11-23T12:00:00.000Z', acknowledgedAt: null },
      ...{ mitigatedAt: null, resolvedAt: '2026-11-23T12:09:00.000Z' },
    },
    events: [
      {
        ...{ id: 7, at: '2026-11-23T12:00:00.000Z', kind: 'note', by: { id: 'slack:U0ANNA0001', name: 'U0ANNA0001' } },
        ...{ words: 'rolled back', data: { channel: 'C1' } },
        struck: { at: '2026-11-23T12:01:00.000Z', by: { id: 'os:ben', name: 'ben' }, reason: 'wrong incident' },
      },
    ],
    checks: [{ at: '2026-11-23T12:00:00.000Z', check: 'api', from: null, to: 'fail' }],
  });
});
