import type { Facts } from '../../kernel/check.ts';
import { few, minuteOf } from '../facts/few.ts';
import type { HealthEvent } from './read.ts';

/** What is open or coming. Of a part of the events, what was found holds; that there is no more does not. */
export function healthFacts(
  events: HealthEvent[],
  { complete, now, noticeMs, asked }: { complete: boolean; now: Date; noticeMs: number; asked: readonly string[] },
): Facts {
  const named = (wanted: (event: HealthEvent) => boolean, kind?: string) => {
    const found = events.filter(wanted);
    if (kind !== undefined && !asked.includes(kind)) return null;
    return found.length > 0 || complete ? few(found.map(inWords)) : null;
  };
  const soon = ({ upcoming, startsAt }: HealthEvent) =>
    !upcoming || startsAt === undefined || startsAt.getTime() - now.getTime() <= noticeMs;
  const change = (event: HealthEvent) => event.category === 'scheduledChange';
  return {
    events: complete ? events.length : null,
    complete,
    issues: named(isIssue, 'issue'),
    issues_of_account: named((event) => isIssue(event) && event.ofThisAccount, 'issue'),
    changes_soon: named((event) => change(event) && soon(event), 'scheduledChange'),
    changes_later: named((event) => change(event) && !soon(event), 'scheduledChange'),
    action_required: named((event) => event.mustAct && soon(event)),
    notices: named(({ category }) => category === 'accountNotification', 'accountNotification'),
  };
}

function isIssue({ category, upcoming }: HealthEvent): boolean {
  return category === 'issue' && !upcoming;
}

/** `RDS AWS_RDS_OPERATIONAL_ISSUE eu-west-1b (since 2026-11-23 11:40 UTC)`. */
function inWords({ service, code, zone, region, upcoming, startsAt }: HealthEvent): string {
  const when = startsAt ? ` (${upcoming ? 'from' : 'since'} ${minuteOf(startsAt)})` : '';
  return `${service} ${code} ${zone || region}${when}`;
}
