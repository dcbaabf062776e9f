import type {
  ApplicationAutoScaling,
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
  ServiceNamespace,
} from '@aws-sdk/client-application-auto-scaling';
import { type AwsConnection, askAws, awsService, everyPage } from './client.ts';
import { listed } from './listed.ts';

export const connectScaling = awsService<ApplicationAutoScaling>({
  load: async () => (await import('@aws-sdk/client-application-auto-scaling')).ApplicationAutoScaling,
  pace: { perSecond: 5, concurrent: 2 },
});

/** Application Auto Scaling answers at most this many a page. */
const perPage = 50;
const mostTargets = 1_000;
const mostActivities = 500;

/** One kind of scalable target of one account and region, as one probe reads it. All functions throw Unmeasured only. */
export interface ScalingReader {
  scaling: AwsConnection<ApplicationAutoScaling>;
  namespace: ServiceNamespace;
  signal: AbortSignal;
}

interface Found<Item> {
  items: Item[];
  complete: boolean;
}

function ask<Answer>(
  { scaling, namespace, signal }: ScalingReader,
  action: string,
  send: (client: ApplicationAutoScaling, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const question = { action: `application-autoscaling:${action}`, resource: `targets of ${namespace}` };
  return askAws(scaling, question, signal, send);
}

/** The list of an answer, which AWS gives, be it empty. */
function list<Item>({ scaling, namespace }: ScalingReader, action: string, items: Item[] | undefined): Item[] {
  const question = { action: `application-autoscaling:${action}`, resource: `targets of ${namespace}` };
  return listed(items, { ...question, region: scaling.region });
}

export function scalableTargets(reader: ScalingReader): Promise<Found<ScalableTarget>> {
  return everyPage(async (NextToken) => {
    const page = await ask(reader, 'DescribeScalableTargets', (client, options) =>
      client.describeScalableTargets({ ServiceNamespace: reader.namespace, MaxResults: perPage, NextToken }, options),
    );
    return { items: list(reader, 'DescribeScalableTargets', page.ScalableTargets), next: page.NextToken };
  }, mostTargets);
}

export function scalingPolicies(reader: ScalingReader): Promise<Found<ScalingPolicy>> {
  return everyPage(async (NextToken) => {
    const page = await ask(reader, 'DescribeScalingPolicies', (client, options) =>
      client.describeScalingPolicies({ ServiceNamespace: reader.namespace, MaxResults: perPage, NextToken }, options),
    );
    return { items: list(reader, 'DescribeScalingPolicies', page.ScalingPolicies), next: page.NextToken };
  }, mostTargets);
}

/** Activities begun since then, those that changed nothing too. AWS keeps six weeks of them, newest first. */
export function scalingActivities(reader: ScalingReader, since: Date): Promise<Found<ScalingActivity>> {
  const request = { ServiceNamespace: reader.namespace, MaxResults: perPage, IncludeNotScaledActivities: true };
  return everyPage(async (NextToken) => {
    const page = await ask(reader, 'DescribeScalingActivities', (client, options) =>
      client.describeScalingActivities({ ...request, NextToken }, options),
    );
    const all = list(reader, 'DescribeScalingActivities', page.ScalingActivities);
    const items = all.filter(({ StartTime }) => StartTime && StartTime >= since);
    return { items, next: items.length > 0 ? page.NextToken : undefined };
  }, mostActivities);
}
