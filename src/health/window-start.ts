import { createTask, type ScheduledTask } from 'node-cron';
import type { MaintenanceWindow } from '../config/model.ts';

const minute = 60_000;
/** Zones change their offset on a quarter of an hour, so it is asked for once per quarter. */
const quarter = 15 * minute;

type Timed = Pick<MaintenanceWindow, 'cron' | 'zone'>;

/**
 * Whether a window starts at this minute (epoch ms), by the clock on the wall. A start at a fixed hour happens once a
 * day: not again when the clock is put back over it, and right after the gap when it is put forward over it. With `*` for
 * the hour it is a rhythm, and each hour that passes counts.
 */
export function startsAt(window: Timed, at: number): boolean {
  const wall = wallClock(window.zone, at);
  const rhythm = isRhythm(window);
  const before = wallClock(window.zone, at - minute);
  if (!rhythm && wall > before + minute) return anyWall(window, before + minute, wall);
  return matches(window, wall) && (rhythm || !isSecondTime(window.zone, at, wall));
}

function isRhythm({ cron }: Timed): boolean {
  return cron.trim().split(/\s+/)[1]?.startsWith('*') === true;
}

/** Whether a start lies in the gap or on its end. */
function anyWall(window: Timed, from: number, to: number): boolean {
  for (let wall = from; wall <= to; wall += minute) if (matches(window, wall)) return true;
  return false;
}

/** Whether the clock on the wall showed the same up to three hours ago. */
function isSecondTime(zone: string, at: number, wall: number): boolean {
  for (let back = quarter; back <= 12 * quarter; back += quarter) {
    if (wallClock(zone, at - back) === wall) return true;
  }
  return false;
}

const schedules = new WeakMap<Timed, ScheduledTask>();

/** Made once per window: node-cron parses the pattern each time. It is asked, never started. */
function matches(window: Timed, wall: number): boolean {
  let schedule = schedules.get(window);
  if (!schedule) {
    schedule = createTask(window.cron, () => undefined, { timezone: 'UTC' });
    schedules.set(window, schedule);
  }
  return schedule.match(new Date(wall));
}

interface Zone {
  format: Intl.DateTimeFormat;
  /** Of a few quarters, ms; emptied when there are many. */
  offsets: Map<number, number>;
}
const zones = new Map<string, Zone>();

/** What the clock on the wall shows, as if it were UTC, epoch ms. */
function wallClock(zone: string, at: number): number {
  const of = zoneOf(zone);
  const slot = Math.floor(at / quarter);
  let offset = of.offsets.get(slot);
  if (offset === undefined) {
    offset = offsetAt(of.format, slot * quarter);
    if (of.offsets.size > 1_000) of.offsets.clear();
    of.offsets.set(slot, offset);
  }
  return at + offset;
}

function zoneOf(zone: string): Zone {
  const known = zones.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const made = { format, offsets: new Map<number, number>() };
  zones.set(zone, made);
  return made;
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - at;
}
