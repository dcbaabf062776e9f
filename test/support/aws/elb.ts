import type { LoadBalancerTypeEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import { recordsPage, strings } from './records.ts';
import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';

export interface Balancer {
  type?: LoadBalancerTypeEnum;
  /** Undefined = left out of the answer. */
  state?: string | undefined;
}

export interface Target {
  state?: string | undefined;
  reason?: string;
}

export interface TargetGroup {
  /** Names of load balancers. */
  behind: string[];
  targets: Target[];
}

/** What the stand-in knows, by name; change it between two looks. */
export interface ElbState {
  balancers: Record<string, Balancer>;
  groups: Record<string, TargetGroup>;
  groupsPerPage?: number;
  /** Groups that an answer leaves out without a word. */
  hidden?: string[];
}

/** Elastic Load Balancing v2 (Query), as far as the checks ask: page sizes, markers and errors as documented. */
export function elbStandIn(state: ElbState): QueryService {
  const balancerArn = (region: string, name: string) =>
    `arn:aws:elasticloadbalancing:${region}:123456789012:loadbalancer/${pathOf(state, name)}`;
  const groupArn = (region: string, name: string) =>
    `arn:aws:elasticloadbalancing:${region}:123456789012:targetgroup/${name}/0123456789abcdef`;
  return {
    ...{ protocol: 'query', signingName: 'elasticloadbalancing', iamPrefix: 'elasticloadbalancing' },
    version: '2015-12-01',
    operations: {
      DescribeLoadBalancers({ Names, LoadBalancerArns }, { region }) {
        const arns = strings(LoadBalancerArns);
        if (arns.length > 20) throw new AwsRefusal('ValidationError', "Up to '20' load balancer ARNs can be specified");
        const names = Names === undefined ? arns.map((arn) => arn.split('/')[2] ?? '') : strings(Names);
        const unknown = names.find((name) => !state.balancers[name]);
        if (unknown !== undefined)
          throw new AwsRefusal('LoadBalancerNotFound', `Load balancers '[${unknown}]' not found`);
        const member = names.map((name) => {
          const { type = 'application', state: Code } = { state: 'active', ...state.balancers[name] };
          return {
            LoadBalancerArn: balancerArn(region, name),
            LoadBalancerName: name,
            Type: type,
            State: Code && { Code },
          };
        });
        return { LoadBalancers: { member } };
      },
      DescribeTargetGroups(input, { region }) {
        const { Names, LoadBalancerArn } = input;
        const unknown = strings(Names).find((name) => !state.groups[name]);
        if (unknown !== undefined) throw new AwsRefusal('TargetGroupNotFound', 'One or more target groups not found');
        const found = Object.entries(state.groups).filter(
          ([name, { behind }]) =>
            !state.hidden?.includes(name) &&
            (Names === undefined
              ? behind.some((one) => balancerArn(region, one) === LoadBalancerArn)
              : strings(Names).includes(name)),
        );
        const sizes = { size: 'PageSize', least: 1, most: 400, byDefault: state.groupsPerPage ?? 400 };
        const { items, Marker } = recordsPage(found, input, sizes);
        const member = items.map(([name, { behind }]) => ({
          ...{ TargetGroupArn: groupArn(region, name), TargetGroupName: name },
          LoadBalancerArns: { member: behind.map((one) => balancerArn(region, one)) },
        }));
        return { TargetGroups: { member }, NextMarker: Marker };
      },
      DescribeTargetHealth({ TargetGroupArn }) {
        const group = state.groups[String(TargetGroupArn).split('/')[1] ?? ''];
        if (!group) throw new AwsRefusal('TargetGroupNotFound', 'One or more target groups not found');
        const member = group.targets.map(({ state: State, reason }, i) => ({
          Target: { Id: `10.0.0.${i}`, Port: 8080 },
          TargetHealth: { State, Reason: reason },
        }));
        return { TargetHealthDescriptions: { member } };
      },
    },
  };
}

/** As CloudWatch names a load balancer: `app/shop/50dc6c495c0c9188`. */
export function pathOf(state: ElbState, name: string): string {
  const kinds = { application: 'app', network: 'net', gateway: 'gwy' };
  return `${kinds[state.balancers[name]?.type ?? 'application']}/${name}/50dc6c495c0c9188`;
}
