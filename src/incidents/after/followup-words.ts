import { parseDuration } from '../../kernel/duration.ts';
import { echo } from '../../kernel/echo.ts';
import { OpsError } from '../../kernel/errors.ts';
import { momentsOfDay, wallAt } from '../../kernel/wall-clock.ts';
import type { By } from '../model.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** What has no time of day is due in the afternoon. */
const dueAtWallMs = 17 * hourMs;
const usualDays = 14;
const mostDays = 3 * 365;

/** What somebody asks to be done. */
export interface Asked {
  words: string;
  owner: By;
  dueAt: Date;
}

/**
 * `add index on orders @dba 14d`: the last word may say when (a duration or a date), the one before it who; without them it is
 * the asker, in 14 days. Throws OpsError `invalid`. Pure.
 */
export function readFollowUp(
  words: readonly string[],
  { asker, now, zone }: { asker: By; now: Date; zone: string },
): Asked {
  const rest = [...words];
  const due = takeLast(rest, (word) => dueOf(word, now, zone));
  const owner = takeLast(rest, ownerOf);
  // The other way round: `14d @dba`.
  const dueAt = due ?? (owner && takeLast(rest, (word) => dueOf(word, now, zone))) ?? onDay(now, usualDays, zone);
  if (dueAt <= now) throw new OpsError('invalid', 'That day is over', { hint: 'name one that is to come, or 14d' });
  if (dueAt.getTime() > now.getTime() + mostDays * dayMs)
    throw new OpsError('invalid', 'That is more than three years ahead', { hint: '14d, or 2026-12-01' });
  return { words: rest.join(' '), owner: owner ?? asker, dueAt };
}

/** Who a word names: a mention, or `@dba`; undefined = nobody. */
export function ownerOf(word: string): By | undefined {
  const user = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(word)?.[1];
  if (user) return { id: `slack:${user}`, mention: `<@${user}>` };
  const group = /^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$/.exec(word)?.[1];
  if (group) return { id: `slack-group:${group}`, mention: `<!subteam^${group}>` };
  const name = /^@[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}$/u.exec(word)?.[0];
  return name === undefined ? undefined : { id: name, mention: name };
}

/** `4h` from now; `14d` and `2026-12-01`: the afternoon of that day in the team's zone, also over a change of the clock. */
export function dueOf(word: string, now: Date, zone: string): Date | undefined {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(word);
  if (day) {
    const midnight = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
    if (new Date(midnight).toISOString().slice(0, 10) !== word)
      throw new OpsError('invalid', `There is no day ${echo(word)}`, { hint: '2026-12-01, for example' });
    return afternoonOf(midnight, zone);
  }
  const days = /^(\d{1,4})d$/i.exec(word)?.[1];
  if (days !== undefined) return onDay(now, Number(days), zone);
  const ms = parseDuration(word.toLowerCase());
  return ms === undefined || ms < 60_000 ? undefined : new Date(now.getTime() + ms);
}

function onDay(now: Date, days: number, zone: string): Date {
  const wall = wallAt(zone, now.getTime());
  return afternoonOf(Math.floor(wall / dayMs) * dayMs + days * dayMs, zone);
}

function afternoonOf(midnight: number, zone: string): Date {
  return new Date(momentsOfDay(zone, midnight)(midnight + dueAtWallMs));
}

function takeLast<T>(words: string[], read: (word: string) => T | undefined): T | undefined {
  const last = words.at(-1);
  const found = last === undefined ? undefined : read(last);
  if (found !== undefined) words.pop();
  return found;
}
