import type { CloudTrail, Event, GetTrailStatusResponse, LookupAttribute, Trail } from '@aws-sdk/client-cloudtrail';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws } from '../aws/client.ts';

export const eventsPerPage = 50;

/** All functions throw Unmeasured only. */
export interface Reader {
  aws: AwsConnection<CloudTrail>;
  signal: AbortSignal;
}

/** A trail with what it does now. */
export interface TrailNow {
  name: string;
  trail: Trail;
  status: GetTrailStatusResponse & { IsLogging: boolean };
}

/** The named trails, else all that record this region, those of other regions and of the organisation too. */
export async function readTrails(reader: Reader, names: string[] | undefined): Promise<TrailNow[]> {
  const { aws, signal } = reader;
  const question = {
    action: 'cloudtrail:DescribeTrails',
    resource: names ? `trails ${names.join(', ')}` : 'all trails',
  };
  const { trailList = [] } = await askAws(aws, question, signal, (client, options) =>
    client.describeTrails({ trailNameList: names, includeShadowTrails: true }, options),
  );
  return Promise.all(trailList.map((trail) => withStatus(reader, trail)));
}

async function withStatus({ aws, signal }: Reader, trail: Trail): Promise<TrailNow> {
  const name = trail.Name ?? trail.TrailARN ?? 'unnamed';
  const question = { action: 'cloudtrail:GetTrailStatus', resource: `trail ${name}` };
  // By its ARN: the name alone is only known in the trail's own region.
  const status = await askAws(aws, question, signal, (client, options) =>
    client.getTrailStatus({ Name: trail.TrailARN ?? name }, options),
  );
  const { IsLogging } = status;
  if (IsLogging === undefined)
    throw new Unmeasured('invalid_answer', `${question.action} on ${question.resource}: not told whether it logs`);
  return { name, trail, status: { ...status, IsLogging } };
}

/** Management events with one attribute, newest first, of at most so many pages: they may be short, or empty. */
export async function lookUp(
  { aws, signal }: Reader,
  attribute: LookupAttribute,
  { since, until, mostPages }: { since: Date; until: Date; mostPages: number },
): Promise<{ items: Event[]; complete: boolean }> {
  const { AttributeKey, AttributeValue } = attribute;
  const question = { action: 'cloudtrail:LookupEvents', resource: `events of ${AttributeKey} ${AttributeValue}` };
  const items: Event[] = [];
  let NextToken: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.lookupEvents(
        {
          ...{ LookupAttributes: [attribute], StartTime: since, EndTime: until },
          ...{ MaxResults: eventsPerPage, NextToken },
        },
        options,
      ),
    );
    items.push(...(page.Events ?? []));
    NextToken = page.NextToken || undefined;
    if (NextToken === undefined) return { items, complete: true };
  }
  return { items, complete: false };
}
