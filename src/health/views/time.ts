export { slackTime } from '../../kernel/slack-time.ts';

const DAY_MS = 86_400_000;

/** A moment in the team's zone, with the zone's short name once per message: "03:04" or "Mon 23 Nov 03:04". */
export function zoneTime(at: Date, now: Date, zone: string): string {
  const recent = Math.abs(now.getTime() - at.getTime()) < DAY_MS / 2;
  const day = recent
    ? ''
    : `${at.toLocaleDateString('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' })} `;
  return day.replace(',', '') + at.toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
}

/** "ET", "CET": what people of that zone call it now. */
export function zoneName(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}
