import { describe, expect, test } from 'vitest';
import type { MaintenanceWindow } from '../../../src/config/model.ts';
import { activeWindows, isSkipped, windowsOf } from '../../../src/health/maintenance.ts';

const hour = 3_600_000;

function windowAt(over: Partial<MaintenanceWindow>): MaintenanceWindow {
  return { id: 'w', match: {}, cron: '0 4 * * 0', zone: 'UTC', forMs: 45 * 60_000, mode: 'mute', ...over };
}

describe('activeWindows', () => {
  // 2026-11-22 is a Sunday.
  test.each([
    ['a minute before it begins', '2026-11-22T03:59:00Z', {}, false],
    ['when it begins', '2026-11-22T04:00:00Z', {}, true],
    ['in its last second', '2026-11-22T04:44:59Z', {}, true],
    ['when it has ended', '2026-11-22T04:45:00Z', {}, false],
    ['on another day', '2026-11-23T04:10:00Z', {}, false],
    ['past midnight', '2026-11-23T01:59:00Z', { cron: '0 22 * * 0', forMs: 4 * hour }, true],
    ['in its own zone', '2026-11-22T09:10:00Z', { zone: 'America/New_York' }, true],
    ['not in UTC when it has a zone', '2026-11-22T04:10:00Z', { zone: 'America/New_York' }, false],
    ['at most 24 hours back', '2026-11-23T05:00:00Z', { forMs: 72 * hour }, false],
  ])('%s', (_, now, over, open) => {
    expect(activeWindows([windowAt(over)], new Date(now))).toHaveLength(open ? 1 : 0);
  });
});

test('a window knows its end', () => {
  const [active] = activeWindows([windowAt({})], new Date('2026-11-22T04:30:30Z'));
  expect(active?.until).toEqual(new Date('2026-11-22T04:45:00Z'));
});

describe('windowsOf', () => {
  const check = { id: 'main-db', group: 'data' };
  const until = new Date(0);
  test.each([
    ['its group', windowAt({ match: { group: 'data' } }), true],
    ['its id', windowAt({ match: { check: 'main-db' } }), true],
    ['another group', windowAt({ match: { group: 'api' } }), false],
    ['another check of its group', windowAt({ match: { group: 'data', check: 'other' } }), false],
  ])('%s', (_, window, within) => {
    expect(windowsOf(check, [{ window, until }])).toHaveLength(within ? 1 : 0);
    expect(isSkipped(check, [{ window, until }])).toBe(false);
    expect(isSkipped(check, [{ window: { ...window, mode: 'skip' }, until }])).toBe(within);
  });
});
