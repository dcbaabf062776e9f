import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

export interface StandInHealthEvent {
  service: string | undefined;
  code: string;
  category: 'issue' | 'scheduledChange' | 'accountNotification';
  status: 'open' | 'upcoming' | 'closed' | undefined;
  region?: string;
  zone?: string;
  startsAt?: Date;
  scope?: 'PUBLIC' | 'ACCOUNT_SPECIFIC';
  actionability?: 'ACTION_REQUIRED' | 'ACTION_MAY_BE_REQUIRED' | 'INFORMATIONAL';
}

export interface HealthState {
  /** Of AWS Support: without business the API is closed. */
  plan: 'basic' | 'business';
  events: StandInHealthEvent[];
}

const invalid = (message: string) => new AwsRefusal('ValidationException', message);

/** AWS Health's DescribeEvents (AWS JSON 1.1), in us-east-1 alone: filters with their caps, pages, the support plan. */
export function healthStandIn(state: HealthState): JsonService {
  return {
    ...{ signingName: 'health', iamPrefix: 'health' },
    ...{ target: 'AWSHealth_20160804', contentType: 'application/x-amz-json-1.1' },
    operations: {
      DescribeEvents({ filter, maxResults = 10, nextToken }, { region }) {
        if (region !== 'us-east-1') throw new AwsRefusal('UnknownOperationException', '', { status: 404 });
        if (state.plan !== 'business') throw new AwsRefusal('SubscriptionRequiredException', '', { status: 400 });
        if (!(Number(maxResults) >= 10 && Number(maxResults) <= 100)) throw invalid('maxResults: between 10 and 100');
        const wanted = (filter ?? {}) as Record<string, string[] | undefined>;
        const caps = { regions: 10, services: 10, eventTypeCategories: 10, eventStatusCodes: 6 };
        for (const [name, most] of Object.entries(caps)) {
          const values = wanted[name];
          if (values && (values.length === 0 || values.length > most)) throw invalid(`${name}: 1 to ${most} items`);
        }
        const fits = (name: string, value: string | undefined) => !wanted[name] || wanted[name].includes(value ?? '');
        const found = state.events.filter(
          (event) =>
            fits('regions', event.region ?? 'eu-west-1') &&
            (event.service === undefined || fits('services', event.service)) &&
            fits('eventTypeCategories', event.category) &&
            (event.status === undefined || fits('eventStatusCodes', event.status)),
        );
        const [, from = '0'] = /^from (\d+)$/.exec(Buffer.from(String(nextToken ?? ''), 'base64').toString()) ?? [];
        const end = Number(from) + Number(maxResults);
        return {
          events: found.slice(Number(from), end).map(wireEvent),
          nextToken: end < found.length ? Buffer.from(`from ${end}`).toString('base64') : undefined,
        };
      },
    },
  };
}

function wireEvent({ service, code, category, status, region, zone, startsAt, scope, ...event }: StandInHealthEvent) {
  return {
    ...{ arn: `arn:aws:health:${region ?? 'eu-west-1'}::event/${service}/${code}/${code}_1`, service },
    ...{ eventTypeCode: code, eventTypeCategory: category, statusCode: status, region: region ?? 'eu-west-1' },
    ...{ availabilityZone: zone, startTime: startsAt && startsAt.getTime() / 1000 },
    ...{ eventScopeCode: scope ?? 'PUBLIC', actionability: event.actionability ?? 'INFORMATIONAL' },
  };
}
