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

test('a window that overlaps itself runs on: since its first start, until its last ends', () => {
  const window = windowAt({ cron: '0,30 4-5 * * *', forMs: 90 * 60_000 });
  expect(activeWindows([window], new Date('2026-11-22T05:10:00Z'))).toEqual([
    { window, from: new Date('2026-11-22T04:00:00Z'), until: new Date('2026-11-22T06:30:00Z') },
  ]);
});

test('asked minute by minute, and after the clock went back, it answers as when asked once', () => {
  const over = { cron: '7,40 */3 * * *', forMs: 50 * 60_000 + 30_000 };
  const asked = windowAt(over);
  const times = Array.from({ length: 12 * 60 }, (_, n) => Date.UTC(2026, 10, 22) + n * 60_000 + 20_000);
  const strides = [
    ...times,
    ...times.filter((_, n) => n % 7 === 0),
    ...times.toReversed().filter((_, n) => n % 31 === 0),
  ];
  const openings = strides.filter((now) => {
    const [remembered] = activeWindows([asked], new Date(now));
    const [fresh] = activeWindows([windowAt(over)], new Date(now));
    expect(remembered?.until, new Date(now).toISOString()).toEqual(fresh?.until);
    return remembered;
  });
  expect(openings.length).toBeGreaterThan(300);
});

test('a window is looked through once, not each time someone asks', () => {
  let looked = 0;
  const window = windowAt({ forMs: 24 * hour });
  Object.defineProperty(window, 'cron', {
    get: () => {
      looked += 1;
      return '0 4 * * 0';
    },
  });
  activeWindows([window], new Date('2026-11-23T05:00:00Z'));
  const first = looked;
  for (let ms = 0; ms < 60_000; ms += 250) activeWindows([window], new Date(Date.UTC(2026, 10, 23, 5) + ms));
  expect(looked).toBe(first);
  activeWindows([window], new Date('2026-11-23T05:01:00Z'));
  expect(looked - first).toBeLessThan(5);
});

describe('when the clocks change', () => {
  /** The openings of a window within two days, each from its start to its end. */
  function openings(over: Partial<MaintenanceWindow>, from: string): string[] {
    const window = windowAt({ forMs: 45 * 60_000, ...over });
    const found = new Set<string>();
    for (let n = 0; n < 48 * 60; n += 1) {
      const [open] = activeWindows([window], new Date(Date.parse(from) + n * 60_000));
      if (open) found.add(`${open.from.toISOString().slice(5, 16)} ${open.until.toISOString().slice(11, 16)}`);
    }
    return [...found];
  }
  const [york, berlin] = ['America/New_York', 'Europe/Berlin'];

  test.each<[string, Partial<MaintenanceWindow>, string, string[]]>([
    ['back, New York: once', { zone: york, cron: '30 1 1 11 *' }, '2026-10-31T12:00Z', ['11-01T05:30 06:15']],
    ['back, Berlin: once', { zone: berlin, cron: '30 2 25 10 *' }, '2026-10-24T12:00Z', ['10-25T00:30 01:15']],
    [
      'back, right after the repeated hour',
      { zone: york, cron: '0 2 1 11 *' },
      '2026-10-31T12:00Z',
      ['11-01T07:00 07:45'],
    ],
    [
      'back, a rhythm goes on through both hours',
      { zone: york, cron: '0 * 1 11 *', forMs: 600_000 },
      '2026-11-01T04:00Z',
      ['11-01T04:00 04:10', '11-01T05:00 05:10', '11-01T06:00 06:10', '11-01T07:00 07:10'],
    ],
    [
      'forward, New York: after the gap',
      { zone: york, cron: '30 2 8 3 *' },
      '2026-03-07T12:00Z',
      ['03-08T07:00 07:45'],
    ],
    [
      'forward, Berlin: after the gap',
      { zone: berlin, cron: '15 2 29 3 *' },
      '2026-03-28T12:00Z',
      ['03-29T01:00 01:45'],
    ],
    [
      'forward, after the gap as ever',
      { zone: berlin, cron: '0 3 29 3 *' },
      '2026-03-28T12:00Z',
      ['03-29T01:00 01:45'],
    ],
    [
      'forward, before the gap as ever',
      { zone: berlin, cron: '59 1 29 3 *' },
      '2026-03-28T12:00Z',
      ['03-29T00:59 01:44'],
    ],
  ])('%s', (_, over, from, expected) => {
    expect(openings(over, from).slice(0, 4)).toEqual(expected);
  });
});

describe('windowsOf', () => {
  const check = { id: 'main-db', group: 'data' };
  const [from, until] = [new Date(0), new Date(1)];
  test.each([
    ['its group', windowAt({ match: { group: 'data' } }), true],
    ['its id', windowAt({ match: { check: 'main-db' } }), true],
    ['another group', windowAt({ match: { group: 'api' } }), false],
    ['another check of its group', windowAt({ match: { group: 'data', check: 'other' } }), false],
  ])('%s', (_, window, within) => {
    expect(windowsOf(check, [{ window, from, until }])).toHaveLength(within ? 1 : 0);
    expect(isSkipped(check, [{ window, from, until }])).toBe(false);
    expect(isSkipped(check, [{ window: { ...window, mode: 'skip' }, from, until }])).toBe(within);
  });
});
