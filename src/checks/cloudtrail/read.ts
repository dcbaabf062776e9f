import type { CloudTrail, Event, GetTrailStatusResponse, LookupAttribute, Trail } from '@aws-sdk/client-cloudtrail';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

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

/**
 * The trails of these names or ARNs that are there, else all that record this region, those of other regions and of the
 * organisation too.
 */
export async function readTrails(reader: Reader, wanted: string[] | undefined): Promise<TrailNow[]> {
  // Asked by name, AWS answers this region's and account's own trails alone: who sees the others is the whole list.
  const here = await describe(reader, undefined);
  const found = wanted
    ? here.filter(({ Name = '', TrailARN = '' }) => wanted.some((name) => name === Name || name === TrailARN))
    : here;
  // A trail of one other region has no shadow here: its ARN finds it.
  const elsewhere = (wanted ?? []).filter(
    (name) => name.startsWith('arn:') && !here.some(({ TrailARN }) => TrailARN === name),
  );
  const others = elsewhere.length > 0 ? await describe(reader, elsewhere) : [];
  return Promise.all([...found, ...others].map((trail) => withStatus(reader, trail)));
}

async function describe({ aws, signal }: Reader, arns: string[] | undefined): Promise<Trail[]> {
  const resource = arns ? `trails ${arns.join(', ')}` : 'all trails';
  const question = { action: 'cloudtrail:DescribeTrails', resource };
  const { trailList } = await askAws(aws, question, signal, (client, options) =>
    client.describeTrails({ trailNameList: arns, includeShadowTrails: true }, options),
  );
  return listed(trailList, { ...question, region: aws.region });
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

/**
 * Management events with one attribute, newest first, of at most so many pages (they may be short, or empty), or as far as they
 * came before the signal.
 */
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
    const asked = askAws(aws, question, signal, (client, options) =>
      client.lookupEvents(
        {
          ...{ LookupAttributes: [attribute], StartTime: since, EndTime: until },
          ...{ MaxResults: eventsPerPage, NextToken },
        },
        options,
      ),
    );
    const page = await asked.catch((error: unknown) => {
      if (pages > 0 && signal.aborted && error instanceof Unmeasured) return undefined;
      throw error;
    });
    if (page === undefined) break;
    items.push(...listed(page.Events, { ...question, region: aws.region }));
    NextToken = page.NextToken || undefined;
    if (NextToken === undefined) return { items, complete: true };
  }
  return { items, complete: false };
}
