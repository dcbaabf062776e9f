/** A moment as a file or a template says it: `23 Nov 2026, 03:38 EST`, by the clock on the wall of a zone. Pure. */
export function momentText(at: Date, zone: string): string {
  const day = at.toLocaleDateString('en-GB', { timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' });
  const time = at.toLocaleTimeString('en-US', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  });
  return `${day}, ${time}`;
}
