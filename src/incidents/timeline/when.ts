import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export type Said =
  | { kind: 'at'; at: Date; words: string }
  /** No time was said. */
  | { kind: 'now'; words: string }
  /** A time that lies ahead. */
  | { kind: 'ahead'; at: Date }
  /** It looks like a time and is none: 31 February, 24:30. */
  | { kind: 'no_time'; said: string };

const date = '(\\d{4})-(\\d{2})-(\\d{2})';
const time = '(\\d{1,2}):(\\d{2})(?::(\\d{2}))?';
const start = new RegExp(`^(?:(?:${date}|(today|yesterday))[T\\s]+)?${time}(Z?)(?=\\s|$)`, 'i');

/**
 * When something happened, by the words that begin with it: `03:04`, `yesterday 23:50`, `2026-11-22 03:04`, by the clock on
 * the wall of `zone` (`Z` = UTC). A time of day alone was today, or yesterday when today's lies ahead. Pure.
 */
export function whenSaid(text: string, now: Date, zone: string): Said {
  const words = text.trim();
  const found = start.exec(words);
  if (!found) return { kind: 'now', words };
  const [said, year, month, day, word, hours, minutes, seconds = '0', utc] = found;
  const rest = words.slice(said.length).trim();
  const where = utc ? 'UTC' : zone;
  const sinceMidnight = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return { kind: 'no_time', said };
  const today = Math.floor(wallAt(where, now.getTime()) / dayMs) * dayMs;
  let midnight = word?.toLowerCase() === 'yesterday' ? today - dayMs : today;
  if (year !== undefined) {
    midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
    if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return { kind: 'no_time', said };
  }
  const dated = year !== undefined || word !== undefined;
  const at = lastBefore(where, midnight, sinceMidnight, now);
  if (at > now.getTime() && !dated) {
    return { kind: 'at', at: new Date(lastBefore(where, midnight - dayMs, sinceMidnight, now)), words: rest };
  }
  return at > now.getTime() ? { kind: 'ahead', at: new Date(at) } : { kind: 'at', at: new Date(at), words: rest };
}

/** An hour that is repeated in autumn: of the two, the later that is past; a time inside a gap is the moment behind it. */
function lastBefore(zone: string, midnight: number, sinceMidnight: number, now: Date): number {
  const wall = midnight + sinceMidnight;
  const first = momentsOfDay(zone, midnight)(wall);
  // Zones turn back by half an hour or an hour.
  const again = [hourMs, hourMs / 2].map((ms) => first + ms).find((at) => wallAt(zone, at) === wall);
  return again !== undefined && again <= now.getTime() ? again : first;
}
