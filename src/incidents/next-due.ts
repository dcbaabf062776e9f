import { formatDuration } from '../kernel/duration.ts';
import { slackTime } from '../kernel/slack-time.ts';
import type { Incident } from './model.ts';

/** What is due next in an incident, earliest first; nothing while it is paused or over. Pure. */
export function nextDue({ resolved, paused, nextUpdateAt }: Incident, now: Date): { what: string; at: Date }[] {
  if (resolved || (paused && (paused.until === undefined || paused.until > now))) return [];
  return nextUpdateAt ? [{ what: 'update', at: nextUpdateAt }] : [];
}

/** In one line for Slack; empty when nothing is due. */
export function dueWords(incident: Incident, now: Date): string {
  return nextDue(incident, now)
    .map(({ what, at }) =>
      at < now ? `${what} overdue since ${slackTime(at, now)}` : `${what} due ${slackTime(at, now)}`,
    )
    .join(' · ');
}

/** For a terminal, each in a few words. */
export function dueText(incident: Incident, now: Date): string[] {
  return nextDue(incident, now).map(({ what, at }) => {
    const away = formatDuration(Math.abs(at.getTime() - now.getTime()));
    return at < now ? `${what} overdue by ${away}` : `${what} in ${away}`;
  });
}
