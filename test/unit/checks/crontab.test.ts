import { describe, expect, it } from 'vitest';
import { crontabSlots, problemOfCrontab } from '../../../src/checks/heartbeat/crontab.ts';

/** The first slots from Thursday, 26 November 2026 on. */
function slots(cron: string, count: number): string[] {
  const { next } = crontabSlots(cron, 'UTC');
  const found = [Date.parse('2026-11-26T00:00:00Z')];
  while (found.length <= count) found.push(next(found.at(-1)!)!);
  return found.slice(1).map((ms) => new Date(ms).toISOString().slice(0, 16));
}

describe('days of a crontab', () => {
  it('day of month and day of week: either will do', () => {
    expect(slots('0 3 1,15 * 1', 5)).toEqual([
      '2026-11-30T03:00',
      '2026-12-01T03:00',
      '2026-12-07T03:00',
      '2026-12-14T03:00',
      '2026-12-15T03:00',
    ]);
    expect(slots('0 2 13 * 5', 4).map((at) => at.slice(0, 10))).toEqual([
      '2026-11-27',
      '2026-12-04',
      '2026-12-11',
      '2026-12-13',
    ]);
  });

  it('one of them alone, or neither', () => {
    expect(slots('0 3 * * 1', 2)).toEqual(['2026-11-30T03:00', '2026-12-07T03:00']);
    expect(slots('0 3 1 * *', 2)).toEqual(['2026-12-01T03:00', '2027-01-01T03:00']);
    expect(slots('0 3 */10 * *', 3)).toEqual(['2026-12-01T03:00', '2026-12-11T03:00', '2026-12-21T03:00']);
    expect(slots('0 3 * * *', 1)).toEqual(['2026-11-26T03:00']);
  });

  it('all days of the week beside a day of the month are all days', () => {
    expect(slots('0 3 1 * 0-6', 2)).toEqual(['2026-11-26T03:00', '2026-11-27T03:00']);
  });

  it.each(['0 3 */2 * 1', '0 3 1 * */2'])('what crons differ over is refused: %s', (cron) => {
    expect(problemOfCrontab(cron)).toMatch(/crons differ/);
  });

  it.each(['0 3 1,15 * 1', '0 3 */2 * *', '0 3 * * */2', '0 3 1-31/2 * 1'])('is accepted: %s', (cron) => {
    expect(problemOfCrontab(cron)).toBeUndefined();
  });

  it.each(['0 3 30 2 *', '0 0 3 * * 1', '0 3 * *', '61 3 * * *', 'x'])('is refused: %s', (cron) => {
    expect(problemOfCrontab(cron)).toMatch(/^a cron expression such as/);
  });
});
