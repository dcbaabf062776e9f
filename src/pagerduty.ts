import { join } from 'node:path';
import type { Environment } from './config/environment.ts';
import { type JournalPager, journalPager } from './incidents/journal/pager.ts';
import type { Paging } from './incidents/ports.ts';
import type { Log } from './kernel/log.ts';
import { createEvents } from './paging/events.ts';
import { createPagerIncidents } from './paging/incidents.ts';
import { createOnCalls } from './paging/on-call.ts';

/** The way to PagerDuty, as far as the environment says one. */
export function pagingOf({ pagerDuty }: Pick<Environment, 'pagerDuty'>, log: Log): Paging {
  const { apiToken, apiUrl, eventsUrl, routingKey, fallbackKey, policy } = pagerDuty;
  const rest = apiToken === undefined ? undefined : { url: apiUrl, token: apiToken };
  return {
    routingKey,
    fallbackKey,
    policies: policy === undefined ? [] : [policy],
    events: createEvents({ url: eventsUrl, log }),
    onCalls: rest && createOnCalls(rest),
    incidents: rest && createPagerIncidents(rest),
  };
}

/** What is declared while the database is away, in the data folder, and its pages. */
export function journalOf(environment: Pick<Environment, 'pagerDuty' | 'dataDir'>, log: Log): JournalPager {
  const folder = join(environment.dataDir, 'journal');
  return journalPager({ folder, paging: pagingOf(environment, log), log });
}
