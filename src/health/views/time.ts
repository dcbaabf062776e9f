const DAY_MS = 86_400_000;

/** A moment in each Slack reader's own zone: the time alone when it was within a day, else with its date. */
export function slackTime(at: Date, now: Date): string {
  const recent = Math.abs(now.getTime() - at.getTime()) < DAY_MS / 2;
  const format = recent ? '{time}' : '{date_short_pretty} {time}';
  const fallback = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at.getTime() / 1000)}^${format}|${fallback}>`;
}

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
