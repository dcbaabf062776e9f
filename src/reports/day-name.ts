/** "14 Jan", by the clock on the wall of a zone. Pure. */
export function dayName(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' }).format(at);
}
