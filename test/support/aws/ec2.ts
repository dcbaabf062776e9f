import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';
import { tokenPage } from './tokens.ts';

type Input = Record<string, unknown>;

export interface Ec2Volume {
  state?: 'available' | 'in-use';
  gib: number | undefined;
  createdAt: Date;
  name?: string;
}

export interface Ec2Address {
  publicIp: string;
  associationId?: string;
  name?: string;
}

export interface Ec2Rule {
  protocol: string;
  from?: number;
  to?: number;
  ranges?: string[];
  ipv6Ranges?: string[];
  prefixLists?: string[];
}

export interface Ec2Instance {
  state?: string;
  publicIp?: string;
  ipv6?: string;
  name?: string;
  /** Each with the public addresses of the private ones it has, and its addresses of IPv6; of the first, also above. */
  interfaces?: { publicIp?: string; publicIps?: (string | undefined)[]; ipv6?: string[] }[];
}

/** What the stand-in knows, by id; change it between two looks. */
export interface Ec2State {
  volumes: Record<string, Ec2Volume>;
  addresses: Ec2Address[];
  groups: Record<string, { name: string; rules: Ec2Rule[] }>;
  instances: Record<string, Ec2Instance>;
  /** Entries by the list's id; absent: there is none. */
  prefixLists?: Record<string, string[]>;
}

/** Amazon EC2 (its own kind of Query), as far as the checks ask: page sizes, tokens and filters as documented. */
export function ec2StandIn(state: Ec2State): QueryService {
  return {
    ...{ protocol: 'ec2', signingName: 'ec2', iamPrefix: 'ec2', version: '2016-11-15' },
    operations: {
      DescribeVolumes(input) {
        const wanted = filtersOf(input, ['status']).status;
        const found = Object.entries(state.volumes).filter(
          ([, { state: status = 'available' }]) => wanted?.includes(status) ?? true,
        );
        const { items, nextToken } = page(found, input, 500);
        return { volumeSet: set(items.map(wireVolume)), nextToken };
      },
      DescribeAddresses(input) {
        filtersOf(input, []);
        return {
          addressesSet: set(state.addresses.map(({ name, ...address }) => ({ ...address, tagSet: tags(name) }))),
        };
      },
      DescribeSecurityGroups(input) {
        const { items, nextToken } = page(Object.entries(state.groups), input, 1_000);
        return {
          securityGroupInfo: set(
            items.map(([groupId, { name, rules }]) => ({
              ...{ groupId, groupName: name, ipPermissions: set(rules.map(wireRule)) },
            })),
          ),
          nextToken,
        };
      },
      GetManagedPrefixListEntries(input) {
        const entries = state.prefixLists?.[String(input.PrefixListId)];
        if (!entries)
          throw new AwsRefusal(
            'InvalidPrefixListID.NotFound',
            `The prefix list ID '${input.PrefixListId}' does not exist`,
          );
        const { items, nextToken } = page(entries, input, 100, 1);
        return { entrySet: set(items.map((cidr) => ({ cidr }))), nextToken };
      },
      DescribeInstances(input) {
        const wanted = filtersOf(input, ['instance-state-name'])['instance-state-name'];
        const found = Object.entries(state.instances).filter(
          ([, { state: status = 'running' }]) => wanted?.includes(status) ?? true,
        );
        const { items, nextToken } = page(found, input, 1_000);
        // A reservation holds what was launched together.
        const reservations = items.map((each) => ({ reservationId: 'r-1', instancesSet: set([wireInstance(each)]) }));
        return { reservationSet: set(reservations), nextToken };
      },
    },
  };
}

function page<Item>(items: Item[], { MaxResults, NextToken }: Input, most: number, least = 5) {
  const refuse = (message: string) => new AwsRefusal('InvalidParameterValue', message);
  const { items: found, next } = tokenPage(items, { size: MaxResults, token: NextToken, least, most }, refuse);
  return { items: found, nextToken: next };
}

/** Values by the filter's name; EC2 refuses those that the operation doesn't have. */
function filtersOf(input: Input, known: string[]): Record<string, string[]> {
  const filters = (input.Filter ?? []) as { Name: string; Value: string[] }[];
  for (const { Name } of filters)
    if (!known.includes(Name)) throw new AwsRefusal('InvalidParameterValue', `The filter '${Name}' is invalid`);
  return Object.fromEntries(filters.map(({ Name, Value }) => [Name, Value]));
}

/** A list as EC2 writes it: an empty one is an empty element, not nothing. */
const set = (items: unknown[]) => (items.length > 0 ? { item: items } : '');
const tags = (name: string | undefined) => set(name === undefined ? [] : [{ key: 'Name', value: name }]);

const wireVolume = ([volumeId, { state = 'available', gib, createdAt, name }]: [string, Ec2Volume]) => ({
  ...{ volumeId, size: gib, status: state, createTime: createdAt, attachmentSet: '', tagSet: tags(name) },
});

const wireRule = ({ protocol, from, to, ranges = [], ipv6Ranges = [], prefixLists = [] }: Ec2Rule) => ({
  ...{ ipProtocol: protocol, fromPort: from, toPort: to, groups: '' },
  prefixListIds: set(prefixLists.map((prefixListId) => ({ prefixListId }))),
  ipRanges: set(ranges.map((cidrIp) => ({ cidrIp }))),
  ipv6Ranges: set(ipv6Ranges.map((cidrIpv6) => ({ cidrIpv6 }))),
});

const wireInstance = ([instanceId, { state = 'running', publicIp, ipv6, name, interfaces = [] }]: [
  string,
  Ec2Instance,
]) => ({
  ...{ instanceId, instanceState: { code: 16, name: state }, ipAddress: publicIp, ipv6Address: ipv6 },
  ...{ networkInterfaceSet: set(interfaces.map(wireInterface)), tagSet: tags(name) },
});

const associated = (publicIp: string | undefined) => (publicIp === undefined ? {} : { association: { publicIp } });

const wireInterface = ({ publicIp, publicIps = [], ipv6 = [] }: NonNullable<Ec2Instance['interfaces']>[number]) => ({
  ...associated(publicIp),
  privateIpAddressesSet: set(publicIps.map((each, i) => ({ privateIpAddress: `10.0.0.${i}`, ...associated(each) }))),
  ipv6AddressesSet: set(ipv6.map((ipv6Address) => ({ ipv6Address }))),
});
