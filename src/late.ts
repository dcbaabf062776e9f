import type { Alerts } from './alerts/alerts.ts';
import type { LateTimers } from './jobs/timers-late.ts';
import type { Tx } from './store/store.ts';

/** Tells people that deadlines were kept late, in the transaction that keeps them. */
export function announceLate(
  alerts: Pick<Alerts, 'announce'>,
  zone: string,
): (late: LateTimers, tx: Tx) => Promise<void> {
  return async (late, tx) => {
    const key = `late/${late.keys[0]}/${late.keptAt.toISOString()}`;
    await alerts.announce(tx, { key, lines: sayLate(late, zone) });
  };
}

/** What is posted: the head, what it means, and where to look. */
export function sayLate({ count, firstDueAt, lastDueAt, keptAt, worstMs }: LateTimers, zone: string): [string, string] {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const [first, last, kept] = [firstDueAt, lastDueAt, keptAt].map((at) => time.format(at));
  const due = first === last ? `of ${first}` : `between ${first} and ${last}`;
  const minutes = Math.ceil(worstMs / 60_000);
  return [
    `⏰ ${count === 1 ? 'A deadline' : `${count} deadlines`} ${due} ${count === 1 ? 'was' : 'were'} kept only at ${kept}`,
    `Up to ${minutes} min late: Rounds, or its database, was not running. What was due has been done now.`,
  ];
}
