import { expect, it } from 'vitest';
import { exitCodeOf, type Outcome } from '../../../../src/health/model.ts';
import { healthPost } from '../../../../src/health/views/slack.ts';
import { healthText } from '../../../../src/health/views/terminal.ts';
import { checkReport, healthReport, noon } from '../../../support/reports.ts';

const style = { colour: false, width: 100, zone: 'UTC' };
const muted = checkReport('api', { outcome: 'muted' });
const below = (blocked_by: string) => checkReport('metrics', { outcome: 'blocked', blocked_by });
const other = (outcome: Outcome) => checkReport('db', { outcome });

it.each([
  ['muted', [muted], 'MUTED    1 muted', '🔕 1 muted'],
  ['muted or blocked by that', [muted, below('api')], 'MUTED    1 blocked · 1 muted', '🔕 1 blocked · 1 muted'],
  ['muted or blocked by others', [muted, below('dns')], 'UNKNOWN  1 blocked · 1 muted', '⚪ 1 blocked · 1 muted'],
  ['muted or unknown', [muted, other('unknown')], 'UNKNOWN  1 unknown · 1 muted', '⚪ 1 unknown · 1 muted — db: '],
  ['muted or ok', [muted, other('ok')], 'OK       1 muted · 1 ok', '🟢 1 muted · 1 ok'],
])('heads an answer in which all is %s', (_, checks, terminal, slack) => {
  const report = healthReport(checks);
  expect(healthText(report, noon, style)).toMatch(new RegExp(`^${terminal} — `));
  expect(healthPost(report, { now: noon, scope: '' }).text.startsWith(slack)).toBe(true);
});

it('takes an answer in which all is muted for no good one', () => {
  const { verdict } = healthReport([muted]);
  expect([verdict, exitCodeOf(verdict)]).toEqual(['unknown', 3]);
});

it('marks the first line of the message, too', () => {
  const [head] = healthPost(healthReport([muted]), { now: noon, scope: 'web' }).blocks;
  expect(head).toMatchObject({ text: { text: expect.stringMatching(/^🔕 \*web: 1 muted\* — /) } });
});
