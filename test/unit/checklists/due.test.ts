import { describe, expect, it } from 'vitest';
import { chaseAt, chasing, dueOf } from '../../../src/checklists/due.ts';
import { effortLeft, effortOf } from '../../../src/checklists/minutes.ts';
import { isLeft } from '../../../src/checklists/model.ts';
import { checklistOf, itemOf, runItem, runOf } from '../../support/checklist-runs.ts';

const at = (text: string) => new Date(`${text}:00Z`);

describe('a run is due', () => {
  it.each([
    [{ withinMs: 3_600_000 }, '2026-11-23T09:00', 'UTC', '2026-11-23T10:00'],
    [{ by: '10:00' }, '2026-11-23T09:00', 'UTC', '2026-11-23T10:00'],
    [{ by: '10:00' }, '2026-11-23T10:00', 'UTC', '2026-11-24T10:00'],
    [{ by: '10:00' }, '2026-11-23T13:00', 'America/New_York', '2026-11-23T15:00'],
    // The clock goes forward at 02:00 on 29 March: 02:30 is not shown, the minute after the gap is.
    [{ by: '02:30' }, '2026-03-29T00:30', 'Europe/Berlin', '2026-03-29T01:00'],
    [{ by: '09:00' }, '2026-10-24T12:00', 'Europe/Berlin', '2026-10-25T08:00'],
  ])('%j from %s in %s', (due, begun, zone, expected) => {
    expect(dueOf({ due }, at(begun), zone)).toEqual(at(expected));
  });
});

describe('reminders', () => {
  const run = runOf([runItem(1)], { dueAt: at('2026-11-23T10:00') });
  const team = { zone: 'UTC', businessHours: 'Mon-Fri 08:00-18:00', holidays: ['2026-11-24'] };

  it('come when it is due, after 15 min, then after twice as long each time, up to a day', () => {
    const times = Array.from({ length: 11 }, (_, n) => (chaseAt(run, n).getTime() - run.dueAt.getTime()) / 60_000);
    expect(times).toEqual([0, 15, 45, 105, 225, 465, 945, 1_905, 3_345, 4_785, 6_225]);
  });

  it.each([
    ['2026-11-23T09:59', 0, { kind: 'early', next: at('2026-11-23T10:00') }],
    ['2026-11-23T10:00', 0, { kind: 'chase', chased: 1, next: at('2026-11-23T10:15') }],
    ['2026-11-23T10:50', 1, { kind: 'chase', chased: 3, next: at('2026-11-23T11:45') }],
    // The day after is a holiday.
    ['2026-11-23T18:00', 5, { kind: 'off_hours', next: at('2026-11-25T08:00') }],
  ])('at %s, after %d', (now, chased, expected) => {
    expect(chasing({ ...run, chased }, at(now), team)).toEqual(expected);
  });

  it('end with it', () => {
    expect(chasing({ ...run, state: 'closed' }, at('2026-11-23T12:00'), team)).toEqual({ kind: 'over' });
    expect(chasing({ ...run, state: 'done' }, at('2026-11-23T12:00'), team)).toMatchObject({ kind: 'chase' });
  });
});

describe('a person’s part', () => {
  const items = [itemOf('a', { expectedMs: 60_000 }), itemOf('b'), itemOf('c')];
  const states = (...open: boolean[]) =>
    open.map((isOpen, n) => runItem(n + 1, { item: items[n]!, state: isOpen ? 'open' : 'done' }));

  it('of an item that says nothing is its share of what the others leave', () => {
    expect([...effortOf({ items, expectedMs: 600_000 })]).toEqual([
      ['a', 60_000],
      ['b', 270_000],
      ['c', 270_000],
    ]);
    expect([...effortOf({ items })]).toEqual([['a', 60_000]]);
  });

  it('is the sum of what is open still, never more than the whole', () => {
    const plan = checklistOf(items, { expectedMs: 600_000 });
    expect(effortLeft(plan, states(true, true, true), isLeft)).toEqual({ leftMs: 600_000, wholeMs: 600_000 });
    expect(effortLeft(plan, states(false, true, false), isLeft)).toEqual({ leftMs: 270_000, wholeMs: 600_000 });
    expect(effortLeft(plan, states(false, false, false), isLeft)).toEqual({ leftMs: 0, wholeMs: 600_000 });
    const more = checklistOf([itemOf('a', { expectedMs: 60_000 }), itemOf('b', { expectedMs: 60_000 })], {
      expectedMs: 90_000,
    });
    expect(
      effortLeft(
        more,
        more.items.map((item, n) => runItem(n + 1, { item })),
        isLeft,
      ),
    ).toEqual({ leftMs: 90_000, wholeMs: 90_000 });
    expect(effortLeft(checklistOf([itemOf('b')]), [runItem(1)], isLeft)).toBeUndefined();
  });
});
