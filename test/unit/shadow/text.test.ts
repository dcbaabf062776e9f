import { expect, it } from 'vitest';
import type { ShadowAlert, ShadowReport } from '../../../src/shadow/model.ts';
import { shadowText } from '../../../src/shadow/views/text.ts';

const from = new Date('2026-11-23T09:00:00Z');
const to = new Date('2026-11-23T10:00:00Z');
const report = (alerts: ShadowAlert[]): ShadowReport => ({
  ...{ config: '/ops.yml', from, to, forMs: 3_600_000, checks: [], alerts, homeless: [] },
  posts: [{ channel: '#alerts', messages: 1, calls: 2, replies: 3 }],
});
const alert = (over: Partial<ShadowAlert> = {}): ShadowAlert => ({
  ...{
    check: 'api',
    group: 'web',
    worst: 'fail',
    reason: 'slow',
    rule: undefined,
    closedAt: undefined,
    lastedMs: 60_000,
  },
  ...{ beganAt: from, openedAt: from, ...over },
});

it('what a system said can’t colour the terminal, or make lines of its own', () => {
  const text = shadowText(report([alert({ reason: '\u001b[31mred\u001b[0m\nSuggestions (9)\u202e' })]), 'UTC');
  expect(text).toContain('fail    api: red Suggestions (9) (09:00 – still open');
  expect(text.split('\n')).toHaveLength(5);
});

it('of very many problems the first are shown, and it says how many more there are', () => {
  const text = shadowText(report(Array.from({ length: 53 }, (_, at) => alert({ check: `c${at}` }))), 'UTC');
  expect(text).toContain('Would have told of (53)');
  expect(text).toContain('c49: slow');
  expect(text).not.toContain('c50: slow');
  expect(text).toContain('and 3 more: --json has all of them');
});

it('how loud each channel would have been', () => {
  expect(shadowText(report([alert()]), 'UTC')).toContain('#alerts: 1 message, 2 more that call again, 3 in threads');
});
