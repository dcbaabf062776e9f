const quarterMs = 900_000;
const dayMs = 86_400_000;

/** A mark on the axis of time. */
export interface Tick {
  atMs: number;
  label: string;
}

/**
 * Marks at round local times of `zone`: every 4 hours in up to 2 days, every midnight in up to 10, every Monday's midnight
 * beyond. A day with 23 or 25 hours keeps its round hours. Pure.
 */
export function ticksOf(fromMs: number, toMs: number, zone: string): Tick[] {
  const spanMs = toMs - fromMs;
  const hours = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const days = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' });
  const ticks: Tick[] = [];
  for (let atMs = Math.ceil(fromMs / quarterMs) * quarterMs; atMs <= toMs; atMs += quarterMs) {
    const [hour, minute] = hours.format(atMs).split(':').map(Number);
    if (minute !== 0) continue;
    if (spanMs <= 2 * dayMs) {
      if (hour! % 4 === 0) ticks.push({ atMs, label: hours.format(atMs) });
    } else if (hour === 0) {
      const [weekday, day, month] = days.format(atMs).replace(',', '').split(' ');
      if (spanMs <= 10 * dayMs) ticks.push({ atMs, label: `${weekday} ${day}` });
      else if (weekday === 'Mon') ticks.push({ atMs, label: `${day} ${month}` });
    }
  }
  return ticks;
}
