const DAY_MS = 86_400_000;

/** A moment in each Slack reader's own zone: the time alone when it was within a day, else with its date. */
export function slackTime(at: Date, now: Date): string {
  const recent = Math.abs(now.getTime() - at.getTime()) < DAY_MS / 2;
  const format = recent ? '{time}' : '{date_short_pretty} {time}';
  const fallback = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at.getTime() / 1000)}^${format}|${fallback}>`;
}
