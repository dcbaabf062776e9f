/** A moment to the second, in each Slack reader's own zone. */
export function slackTime(at: Date): string {
  if (Number.isNaN(at.getTime())) return 'at no known time';
  const fallback = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_num} {time_secs}|${fallback}>`;
}

/** A moment to the second in a zone, with the zone's name: "2026-11-23 07:00:05 EST". */
export function zoneTime(at: Date, zone: string): string {
  if (Number.isNaN(at.getTime())) return 'at no known time';
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value;
  return `${at.toLocaleString('sv-SE', { timeZone: zone })} ${name ?? zone}`;
}
