import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueSlots, type Progress, slotKey } from '../../../src/jobs/schedules-due.ts';
import { slotsBetween } from '../../../src/jobs/slots.ts';

const minute = 60_000;
const hour = 60 * minute;
const at = (time: string) => new Date(`2026-11-23T${time}Z`);
const hourly = { cron: '0 * * * *', zone: 'Europe/Berlin' };
const fresh: Progress = { lastSlot: undefined, since: at('00:30'), turn: 0 };

function due(over: {
  when?: { everyMs: number } | { cron: string; zone: string };
  missed?: 'latest' | 'skip';
  progress?: Partial<Progress>;
  now: string;
  settled?: string;
}) {
  const { when = hourly, missed = 'latest', progress = {}, now, settled } = over;
  const found = dueSlots(
    { when, missed },
    { ...fresh, ...progress },
    { now: at(now), settled: settled ? at(settled) : undefined },
  );
  return { ...found, slots: found.slots.map((slot) => slot.toISOString().slice(11, 19)) };
}

describe('on start', () => {
  it('the latest missed slot runs, or none', () => {
    const progress = { lastSlot: at('05:00') };
    expect(due({ progress, now: '09:10' }).slots).toEqual(['09:00:00']);
    expect(due({ progress, now: '09:10', missed: 'skip' }).slots).toEqual([]);
  });

  it('a slot that was enqueued was not missed, nor one before the schedule was there', () => {
    expect(due({ progress: { lastSlot: at('09:00') }, now: '09:10' }).slots).toEqual([]);
    expect(due({ progress: { since: at('09:05') }, now: '09:10' }).slots).toEqual([]);
    expect(due({ progress: { lastSlot: at('07:00'), since: at('09:05') }, now: '09:10' }).slots).toEqual([]);
  });

  it('also of slots that passed just now, whatever the rhythm', () => {
    const over = { when: { everyMs: 1_000 }, progress: { lastSlot: at('09:09:50') }, now: '09:10' };
    expect(due(over).slots).toEqual(['09:10:00']);
    expect(due({ ...over, missed: 'skip' }).slots).toEqual([]);
  });

  it('a schedule that was seen but never ran has missed its slots since', () => {
    expect(due({ now: '09:10' }).slots).toEqual(['09:00:00']);
  });
});

describe('while it runs', () => {
  it('every slot of the last minute runs, whatever the policy', () => {
    const when = { everyMs: 20_000 };
    for (const missed of ['latest', 'skip'] as const) {
      const found = due({ when, missed, progress: { lastSlot: at('09:00:20') }, settled: '09:00:20', now: '09:01:10' });
      expect(found.slots).toEqual(['09:00:40', '09:01:00']);
    }
  });

  it('older ones were missed: the latest runs, or none', () => {
    const over = { progress: { lastSlot: at('05:00') }, settled: '05:00', now: '09:10' };
    expect(due(over).slots).toEqual(['09:00:00']);
    expect(due({ ...over, missed: 'skip' }).slots).toEqual([]);
  });

  it('what another replica has enqueued does not run again', () => {
    expect(due({ progress: { lastSlot: at('09:00') }, settled: '08:59:59', now: '09:00:01' }).slots).toEqual([]);
  });

  it('what was skipped once is not missed later', () => {
    const over = { missed: 'latest', progress: { lastSlot: at('05:00') }, settled: '09:05', now: '09:10' } as const;
    expect(due(over).slots).toEqual([]);
  });
});

describe('a clock that was ahead and came back', () => {
  it('by up to 15 minutes: what it enqueued early does not come again', () => {
    const when = { everyMs: minute };
    const over = { when, progress: { lastSlot: at('09:10') }, settled: '09:00' };
    expect(due({ ...over, now: '09:03' })).toEqual({ slots: [], pulledBack: undefined });
    expect(due({ ...over, now: '09:11:02' }).slots).toEqual(['09:11:00']);
  });

  it('by more: the schedule goes on from now, under other keys', () => {
    const progress = { lastSlot: new Date(at('09:00').getTime() + 72 * hour) };
    const found = due({ progress, settled: '08:59', now: '09:10' });
    expect(found.slots).toEqual([]);
    expect(found.pulledBack).toEqual({ lastSlot: at('09:00'), since: at('09:10'), turn: 1 });
    const later = due({ progress: found.pulledBack!, settled: '09:10', now: '10:00' });
    expect(later.slots).toEqual(['10:00:00']);
    expect(slotKey('sweep', at('10:00'), 1)).toBe('sweep:2026-11-23T10:00:00.000Z:1');
  });

  it('also when the schedule was new then', () => {
    const ahead = { lastSlot: undefined, since: new Date(at('09:00').getTime() + 72 * hour) };
    expect(due({ progress: ahead, now: '09:10' }).pulledBack).toEqual({
      lastSlot: undefined,
      since: at('09:10'),
      turn: 0,
    });
    const both = { ...ahead, lastSlot: ahead.since };
    expect(due({ progress: both, now: '09:10' }).pulledBack).toEqual({
      lastSlot: undefined,
      since: at('09:10'),
      turn: 1,
    });
  });
});

it('whenever two replicas look, and however often: each slot once, none left out', () => {
  const looks = fc.array(
    fc.record({ replica: fc.integer({ min: 0, max: 1 }), afterMs: fc.integer({ min: 0, max: 50_000 }) }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000, max: 40_000 }),
      fc.constantFrom('latest', 'skip'),
      looks,
      (everyMs, missed, all) => {
        const start = at('09:00');
        const schedule = { when: { everyMs }, missed } as const;
        let progress: Progress = { lastSlot: undefined, since: start, turn: 0 };
        const settled = [start, start];
        const ran: Date[] = [];
        let now = start;
        for (const { replica, afterMs } of all) {
          now = new Date(now.getTime() + afterMs);
          const { slots } = dueSlots(schedule, progress, { now, settled: settled[replica]! });
          settled[replica] = now;
          ran.push(...slots);
          progress = { ...progress, lastSlot: slots.at(-1) ?? progress.lastSlot };
        }
        expect(ran).toEqual(slotsBetween(schedule.when, start, now));
      },
    ),
  );
});
