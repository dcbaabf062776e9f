import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe, Unmeasured } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectElb } from './aws/elb.ts';
import { account, region } from './aws/params.ts';
import { asPart } from './aws/part.ts';
import { withUnread } from './aws/unread.ts';
import { balancerFacts, targetFacts } from './load-balancer/facts.ts';
import { type BalancerReader, readBalancer, readGroups } from './load-balancer/read.ts';
import { trafficFacts } from './load-balancer/traffic.ts';

const name = z.string().regex(/^[A-Za-z0-9-]{1,32}$/, 'a name such as shop-web: letters, digits and -, at most 32');

const params = z
  .strictObject({
    load_balancer: name
      .optional()
      .describe(
        'name of an application, network or gateway load balancer, with all its target groups; or `target_groups`',
      ),
    target_groups: z
      .array(name)
      .min(1)
      .max(20)
      .optional()
      .describe('names of target groups, with the load balancers that send to them'),
    idle: z
      .array(name)
      .min(1)
      .max(100)
      .optional()
      .describe(
        'names of its target groups that may have no target in use: the second one of a blue/green deployment, or both',
      ),
    account,
    region,
  })
  .refine(({ load_balancer, target_groups }) => (load_balancer === undefined) !== (target_groups === undefined), {
    error: 'give load_balancer or target_groups, one of them',
    path: ['load_balancer'],
  })
  .refine(({ target_groups, idle }) => target_groups === undefined || idle === undefined, {
    error: 'with target_groups, name those that are expected to serve and no others',
    path: ['idle'],
  });
type Target = z.output<typeof params>;

const facts: FactSpecs = {
  balancers_read: { type: 'bool', help: 'whether the load balancers were read; if not, the three below are null' },
  balancers: { type: 'number', help: 'load balancers' },
  balancers_failed: { type: 'list', help: 'those that could not be set up' },
  balancers_not_active: { type: 'list', help: 'those that are being set up, or lack the resources to scale' },
  target_groups: { type: 'number', help: 'target groups whose targets were read' },
  targets: { type: 'number', help: 'registered targets, all groups; these numbers are null if one group was not read' },
  healthy: { type: 'number', help: 'healthy targets' },
  unhealthy: { type: 'number', help: 'unhealthy targets' },
  initial: { type: 'number', help: 'targets whose first health checks run' },
  draining: { type: 'number', help: 'targets that finish their last requests' },
  unused: { type: 'number', help: 'targets that get no traffic: their group or their zone is not in use' },
  gone: { type: 'number', help: 'targets that are stopped or terminated, or whose address can’t be used' },
  down: {
    type: 'list',
    help: 'groups with targets but no healthy one, with the reasons: `web 0/2 (Target.Timeout ×2)`; draining and unused ones don’t count',
  },
  degraded: { type: 'list', help: 'groups with some healthy targets: `web 1/2 (Target.ResponseCodeMismatch ×1)`' },
  unchecked: { type: 'list', help: 'groups with targets whose health checks are off, and how many' },
  without_targets: {
    type: 'list',
    help: 'groups with no target in use, but for those in `idle`',
  },
  traffic_read: { type: 'bool', help: 'whether requests and 5xx answers were read' },
  http: {
    type: 'bool',
    help: 'whether an application load balancer is among them; the others count no requests, and the three below are 0',
  },
  requests_5m: { type: 'number', help: 'requests in 5 min' },
  errors_5m: { type: 'number', help: '5xx answers in 5 min, of the targets and of the load balancer itself' },
  error_pct: { type: 'number', unit: '%', help: '5xx answers of all requests in 5 min; 0 without requests' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'load-balancer',
  summary: 'An AWS load balancer (ELBv2): its state, the health of its targets, 5xx answers',
  catalogue: ['H37'],
  params,
  facts: () => withUnread(facts),
  rules: ({ target_groups }) => ({
    fail: [
      { when: 'size(down) > 0', say: 'no healthy target: {down}' },
      { when: 'healthy == 0 && size(unchecked) == 0', say: 'no healthy target in {target_groups} groups' },
      ...(target_groups ? [{ when: 'size(without_targets) > 0', say: 'no target in use: {without_targets}' }] : []),
      { when: 'size(balancers_failed) > 0', say: '{balancers_failed}' },
    ],
    warn: [
      { when: 'size(degraded) > 0', say: 'healthy targets: {degraded}' },
      // A load balancer may have an idle group; one that is named is expected to serve.
      ...(target_groups
        ? []
        : [
            {
              when: 'size(without_targets) > 0',
              say: 'no target in use: {without_targets}. Register targets, or name the groups in idle',
            },
          ]),
      { when: 'size(balancers_not_active) > 0', say: '{balancers_not_active}' },
      { when: 'size(unchecked) > 0', say: 'health checks are off: {unchecked} targets' },
      {
        when: 'error_pct > 5',
        say: '{error_pct} of {requests_5m} requests answered 5xx in 5 min (limit 5 %)',
      },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: '{healthy} of {targets} targets healthy',
  iam: [
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'cloudwatch:GetMetricData',
  ],
  describe: ({ load_balancer, target_groups }) => resourceOf(load_balancer, target_groups),
  lane: (target) => awsLane('elasticloadbalancing', target),
  example: `- id: web-balancer
  group: api
  load-balancer:
    load_balancer: shop-web
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal } = probe;
    const { load_balancer, target_groups = [], idle = [] } = target;
    const names = [...new Set(target_groups)];
    const elb = await connectElb(whereOf(probe), signal);
    const reader: BalancerReader = { elb, resource: resourceOf(load_balancer, names), signal };
    const unread: string[] = [];
    const parts = { beside: { ...reader, signal: partsSignal }, unread };
    const { balancers, groups, complete } =
      load_balancer === undefined
        ? await readGroups(reader, names, parts)
        : await readBalancer(reader, load_balancer, parts);
    const targets = targetFacts(groups, { idle, complete });
    const ofBalancers = balancerFacts(balancers);
    const otherFailure =
      ofBalancers.balancers_failed?.length || (load_balancer === undefined && targets.without_targets?.length);
    if (targets.healthy === 0 && !targets.down?.length && targets.unchecked?.length && !otherFailure)
      throw new Unmeasured('empty', `${reader.resource} in ${elb.region}: health checks of all targets are off`, {
        next: 'switch the health checks of the target groups on',
      });
    const traffic = await trafficFacts(asPart(probe), balancers, { unread, signal });
    return { facts: { ...ofBalancers, ...targets, ...traffic, unread } };
  },
});

function resourceOf(balancer: string | undefined, groups: string[] = []): string {
  return balancer === undefined ? `target group ${groups.join(', ')}` : `load balancer ${balancer}`;
}
