const minute = 60_000;
const day = 24 * 60 * minute;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall of an IANA zone shows, written as if it were UTC, epoch ms. Throws RangeError: no such zone. */
export function wallAt(zone: string, at: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const seconds = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return seconds + (((at % 1000) + 1000) % 1000);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/**
 * Translates what the wall clock shows during one day (`midnight` as `wallAt` writes it) into epoch ms: the first moment
 * at which it shows that time or a later one. So a time that is repeated counts once, the first time, and a time inside
 * a gap is the minute after the gap.
 */
export function momentsOfDay(zone: string, midnight: number): (wall: number) => number {
  const before = offsetAt(zone, midnight - day);
  const after = offsetAt(zone, midnight + 2 * day);
  if (before === after) return (wall) => wall - before;
  return (wall) => {
    const early = wall - Math.max(before, after);
    const late = wall - Math.min(before, after);
    if (wallAt(zone, early) === wall) return early;
    if (wallAt(zone, late) === wall) return late;
    return firstAtOrAfter(zone, wall, early, late);
  };
}

function offsetAt(zone: string, at: number): number {
  return wallAt(zone, at) - at;
}

/** The end of a gap, to the minute: `low` lies before it, `high` behind it. */
function firstAtOrAfter(zone: string, wall: number, low: number, high: number): number {
  let [from, to] = [low, high];
  while (to - from > minute) {
    const middle = from + Math.floor((to - from) / 2 / minute) * minute;
    if (wallAt(zone, middle) >= wall) to = middle;
    else from = middle;
  }
  return to;
}
