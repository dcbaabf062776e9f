import { formatDuration } from '../kernel/duration.ts';
import { escapeSlack } from '../kernel/escape.ts';
import { slackTime } from '../kernel/slack-time.ts';
import type { DueClock } from './due-clocks.ts';
import type { Incident } from './model.ts';

interface Due {
  /** Plain text. */
  what: string;
  at: Date;
}

/** What is due next in an incident, earliest first; nothing while it is paused or over. Pure. */
export function nextDue({ resolved, paused, nextUpdateAt }: Incident, now: Date): Due[] {
  if (resolved || (paused && (paused.until === undefined || paused.until > now))) return [];
  return nextUpdateAt ? [{ what: 'update', at: nextUpdateAt }] : [];
}

/** In one line for Slack; empty when nothing is due. */
export function dueWords(incident: Incident, now: Date): string {
  return nextDue(incident, now)
    .map((due) => wordsOf(due, now))
    .join(' · ');
}

const most = 3;

/** Who must be told of an incident, and until when, in one line for Slack; empty for nobody. A pause stops no such clock. */
export function clockWords(clocks: readonly DueClock[], now: Date): string {
  const words = clocks.slice(0, most).map(({ what, dueAt: at }) => wordsOf({ what, at }, now));
  return [...words, clocks.length > most && `${clocks.length - most} more`].filter(Boolean).join(' · ');
}

function wordsOf({ what, at }: Due, now: Date): string {
  return `${escapeSlack(what)} ${at < now ? 'overdue since' : 'due'} ${slackTime(at, now)}`;
}

/** For a terminal, each in a few words. */
export function dueText(incident: Incident, now: Date): string[] {
  return nextDue(incident, now).map(({ what, at }) => {
    const away = formatDuration(Math.abs(at.getTime() - now.getTime()));
    return at < now ? `${what} overdue by ${away}` : `${what} in ${away}`;
  });
}
