import type { Event, EventTypeCategory, Health } from '@aws-sdk/client-health';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

const perPage = 100;
/** An account has some dozens of them. */
export const mostEvents = 500;

/** An event of AWS Health that is not over yet. */
export interface HealthEvent {
  service: string;
  code: string;
  category: string;
  /** Empty = of all zones. */
  zone: string;
  region: string;
  upcoming: boolean;
  startsAt: Date | undefined;
  mustAct: boolean;
  ofThisAccount: boolean;
}

/** Events open or upcoming, of these regions and services; throws Unmeasured. */
export function readEvents(
  { aws, signal }: { aws: AwsConnection<Health>; signal: AbortSignal },
  filter: { regions: string[]; services: string[] | undefined; eventTypeCategories: EventTypeCategory[] },
): Promise<{ items: HealthEvent[]; complete: boolean }> {
  const question = { action: 'health:DescribeEvents', resource: `events of ${filter.regions.join(', ')}` };
  return everyPage(async (nextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.describeEvents(
        { filter: { ...filter, eventStatusCodes: ['open', 'upcoming'] }, maxResults: perPage, nextToken },
        options,
      ),
    );
    const events = listed(page.events, { ...question, region: aws.region });
    return { items: events.map(eventOf), next: page.nextToken };
  }, mostEvents);
}

function eventOf(event: Event): HealthEvent {
  const { service, eventTypeCode: code, eventTypeCategory: category, statusCode } = event;
  if (service === undefined || code === undefined || category === undefined || statusCode === undefined)
    throw new Unmeasured('invalid_answer', `health:DescribeEvents: an event ${code ?? ''} without service or status`);
  return {
    ...{ service, code, category, zone: event.availabilityZone ?? '', region: event.region ?? 'global' },
    ...{ upcoming: statusCode === 'upcoming', startsAt: event.startTime },
    mustAct: event.actionability === 'ACTION_REQUIRED',
    ofThisAccount: event.eventScopeCode === 'ACCOUNT_SPECIFIC',
  };
}
