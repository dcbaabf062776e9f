import type {
  ElasticLoadBalancingV2,
  LoadBalancer,
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';
import { part, someParts } from '../aws/part.ts';

/** A load balancer has at most 100 target groups, unless AWS raised its quota. */
const mostGroups = 200;

/** A target group with the health of its targets. */
export interface Group {
  name: string;
  targets: TargetHealthDescription[];
}

/** What one probe reads. All functions throw Unmeasured only. */
export interface BalancerReader {
  elb: AwsConnection<ElasticLoadBalancingV2>;
  /** In messages: `load balancer shop`. */
  resource: string;
  signal: AbortSignal;
}

function ask<Answer>(
  { elb, resource, signal }: BalancerReader,
  action: string,
  send: (client: ElasticLoadBalancingV2, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  return askAws(elb, { action: `elasticloadbalancing:${action}`, resource }, signal, send);
}

interface Parts {
  /** Its time is over before the reader's. */
  beside: BalancerReader;
  unread: string[];
}

/** Those whose targets were read; `complete` is false when others are there. */
interface Groups {
  groups: Group[];
  complete: boolean;
}

/** The load balancer of that name, with all its target groups; of one that failed by its own word they may stay unread. */
export async function readBalancer(reader: BalancerReader, name: string, parts: Parts) {
  const answer = await ask(reader, 'DescribeLoadBalancers', (elb, options) =>
    elb.describeLoadBalancers({ Names: [name] }, options),
  );
  const balancers = known(reader, answer.LoadBalancers, 1);
  const { LoadBalancerArn, State } = balancers[0] ?? {};
  const groups =
    State?.Code === 'failed'
      ? await part(parts.unread, reader.signal, () => groupsBehind(parts.beside, LoadBalancerArn, parts))
      : await groupsBehind(reader, LoadBalancerArn, parts);
  return { balancers, ...(groups ?? { groups: [], complete: false }) };
}

async function groupsBehind(
  reader: BalancerReader,
  LoadBalancerArn: string | undefined,
  parts: Parts,
): Promise<Groups> {
  const question = groupsQuestion(reader);
  const { items, complete } = await everyPage(async (Marker) => {
    const page = await ask(reader, 'DescribeTargetGroups', (elb, options) =>
      elb.describeTargetGroups({ LoadBalancerArn, Marker }, options),
    );
    return { items: listed(page.TargetGroups, question), next: page.NextMarker };
  }, mostGroups);
  if (items.length === 0) throw empty(reader, 'has no target groups');
  if (!complete)
    throw new Unmeasured('too_large', `${where(reader)} has more than ${mostGroups} target groups`, {
      next: 'name those to check in target_groups',
    });
  return withHealth(reader, items, parts);
}

/** Target groups by name, and the load balancers that send to them; null = these were not read. */
export async function readGroups(reader: BalancerReader, names: string[], parts: Parts) {
  const question = groupsQuestion(reader);
  const { items } = await everyPage(async (Marker) => {
    const page = await ask(reader, 'DescribeTargetGroups', (elb, options) =>
      elb.describeTargetGroups({ Names: names, Marker }, options),
    );
    return { items: listed(page.TargetGroups, question), next: page.NextMarker };
  }, mostGroups);
  const missing = names.find((name) => !items.some((group) => group.TargetGroupName === name));
  if (missing !== undefined) throw partial(reader, 'DescribeTargetGroups', `nothing about ${missing}`);
  const arns = [...new Set(items.flatMap((group) => group.LoadBalancerArns ?? []))];
  const [groups, balancers] = await Promise.all([
    withHealth(reader, items, parts),
    part(parts.unread, reader.signal, () => balancersOf(parts.beside, arns)),
  ]);
  return { ...groups, balancers };
}

/** Load balancers by ARN. */
async function balancersOf(reader: BalancerReader, arns: string[]): Promise<LoadBalancer[]> {
  // AWS takes at most 20 in a call.
  const asked = Array.from({ length: Math.ceil(arns.length / 20) }, (_, i) => arns.slice(i * 20, (i + 1) * 20));
  const answers = await Promise.all(
    asked.map((LoadBalancerArns) =>
      ask(reader, 'DescribeLoadBalancers', (elb, options) => elb.describeLoadBalancers({ LoadBalancerArns }, options)),
    ),
  );
  const balancers = answers.flatMap((answer) => answer.LoadBalancers ?? []);
  return known(reader, balancers, arns.length);
}

/** As many as asked for, each with its state. */
function known(reader: BalancerReader, balancers: LoadBalancer[] = [], want: number): LoadBalancer[] {
  if (balancers.length < want || balancers.some(({ State }) => !State?.Code))
    throw partial(reader, 'DescribeLoadBalancers', 'a load balancer or its state is missing');
  return balancers;
}

/** One group that is refused, or late, must not hide the others; throws when none is left. */
async function withHealth(reader: BalancerReader, all: TargetGroup[], { beside, unread }: Parts): Promise<Groups> {
  const asked = all.map((group) => healthOf(beside, group));
  const groups = await someParts(unread, reader.signal, asked);
  return { groups, complete: groups.length === all.length };
}

async function healthOf(reader: BalancerReader, group: TargetGroup): Promise<Group> {
  const { TargetGroupArn, TargetGroupName: name = 'unnamed' } = group;
  const ofGroup = { ...reader, resource: `target group ${name}` };
  const { TargetHealthDescriptions: targets } = await ask(ofGroup, 'DescribeTargetHealth', (elb, options) =>
    elb.describeTargetHealth({ TargetGroupArn }, options),
  );
  if (!targets || targets.some(({ TargetHealth }) => !TargetHealth?.State))
    throw partial(ofGroup, 'DescribeTargetHealth', 'a target without a state');
  return { name, targets };
}

function groupsQuestion({ resource, elb }: BalancerReader) {
  return { action: 'elasticloadbalancing:DescribeTargetGroups', resource, region: elb.region };
}

function where({ resource, elb }: BalancerReader): string {
  return `${resource} in ${elb.region}`;
}

function empty(reader: BalancerReader, what: string): Unmeasured {
  return new Unmeasured('empty', `${where(reader)} ${what}`, { next: 'check its name, the account and the region' });
}

function partial(reader: BalancerReader, action: string, what: string): Unmeasured {
  const message = `elasticloadbalancing:${action} on ${where(reader)} answered in part: ${what}`;
  return new Unmeasured('invalid_answer', message);
}
