import type { ElasticLoadBalancingV2, LoadBalancer, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, type Found, onlyFirst } from '../model.ts';

const connect = awsService<ElasticLoadBalancingV2>({
  load: async () => (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 400;

export default defineDiscovery({
  service: 'Load balancers',
  group: 'services',
  iam: ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTargetGroups'],
  async find({ where, signal }) {
    const elb = await connect(where, signal);
    const balancers = await everyPage(async (Marker) => {
      const question = { action: 'elasticloadbalancing:DescribeLoadBalancers', resource: 'all load balancers' };
      const page = await askAws(elb, question, signal, (client, options) =>
        client.describeLoadBalancers({ PageSize: 100, Marker }, options),
      );
      return { items: page.LoadBalancers, next: page.NextMarker };
    }, most);
    const targets = await everyPage(async (Marker) => {
      const question = { action: 'elasticloadbalancing:DescribeTargetGroups', resource: 'all target groups' };
      const page = await askAws(elb, question, signal, (client, options) =>
        client.describeTargetGroups({ PageSize: 100, Marker }, options),
      );
      return { items: page.TargetGroups, next: page.NextMarker };
    }, most);
    return {
      found: balancers.items.flatMap((balancer) => checkOf(balancer, targetsOf(balancer, targets.items))),
      remarks: [...onlyFirst(balancers, 'load balancers'), ...onlyFirst(targets, 'target groups')],
    };
  },
});

function targetsOf({ LoadBalancerArn: arn }: LoadBalancer, groups: readonly TargetGroup[]): TargetGroup[] {
  return groups.filter(({ LoadBalancerArns = [] }) => arn !== undefined && LoadBalancerArns.includes(arn));
}

function checkOf(balancer: LoadBalancer, groups: readonly TargetGroup[]): Found[] {
  const { LoadBalancerName: name, Type = 'application', Scheme = '', DNSName = '' } = balancer;
  if (!name) return [];
  const names = groups.flatMap(({ TargetGroupName }) => TargetGroupName ?? []).sort();
  const comment = [`Load balancer ${name} (${Type}, ${Scheme}) at ${DNSName}, ${targetWords(names)}`];
  return [
    {
      ...{ name, type: 'load-balancer', params: { load_balancer: name }, comment },
      ...(names.length === 0 && { off: true }),
      orElse: groups.flatMap((group) => unhealthy(balancer, group)),
    },
  ];
}

function targetWords(names: readonly string[]): string {
  return names.length === 0 ? 'without target groups' : `targets: ${firstFew(names, 6)}`;
}

const namespaces: Record<string, string> = { application: 'AWS/ApplicationELB', network: 'AWS/NetworkELB' };

/** Targets that its own health checks find unhealthy, from CloudWatch. */
function unhealthy({ LoadBalancerArn = '', Type = 'application' }: LoadBalancer, group: TargetGroup): Found[] {
  const { TargetGroupName: name, TargetGroupArn = '' } = group;
  const namespace = namespaces[Type];
  const balancer = LoadBalancerArn.split(':loadbalancer/')[1];
  const target = TargetGroupArn.split(':').at(-1);
  if (!name || !namespace || !balancer || !target) return [];
  return [
    {
      name: `${name} targets`,
      type: 'cloudwatch-metric',
      params: {
        ...{ namespace, metric: 'UnHealthyHostCount', statistic: 'Maximum' },
        dimensions: { LoadBalancer: balancer, TargetGroup: target },
      },
      beside: { warn: [{ when: 'value > 0', say: '{value} targets are unhealthy' }], held_for: '3m' },
      comment: [`Unhealthy targets of target group ${name}`],
    },
  ];
}
