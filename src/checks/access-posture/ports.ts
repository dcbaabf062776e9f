import type { IpPermission } from '@aws-sdk/client-ec2';
import type { PrefixList } from './prefix-lists.ts';

/** A rule that lets anybody in. */
export interface OpenRule {
  /** `tcp 22 from 0.0.0.0/0`. */
  what: string;
  admin: boolean;
}

export interface PortLists {
  /** Ports that nobody outside should reach. */
  admin: number[];
  /** Ports that anybody may. */
  open: number[];
}

const lastPort = 65_535;
const protocols: Record<string, string> = { '-1': 'all traffic', '6': 'tcp', '17': 'udp' };
/** Ping and its like: no port, and hosts behind need some of it. */
const harmless = /^(icmp|icmpv6|1|58)$/;

/** The rules that let anybody reach more than the open ports, and those that may: through a prefix list that was not read. */
export function openRules(
  permissions: readonly IpPermission[],
  ports: PortLists,
  lists: ReadonlyMap<string, PrefixList>,
): { open: OpenRule[]; unclear: (OpenRule & { unread: string })[] } {
  const rules = permissions.flatMap((permission) => {
    const reached = reachedBy(permission, ports);
    if (!reached) return [];
    const from = [
      ...(permission.IpRanges ?? []).map(({ CidrIp = '' }) => CidrIp),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '' }) => CidrIpv6),
    ].filter(isAnybody);
    const named = listsOf(permission).map((id) => ({ id, list: lists.get(id) }));
    const wide = named.filter(({ list }) => list && 'cidrs' in list && list.cidrs.some(isAnybody));
    return [{ ...reached, by: [...from, ...wide.map(({ id }) => id)].join(' and '), named }];
  });
  return {
    open: rules.flatMap(({ what, admin, by }) => (by === '' ? [] : [{ what: `${what} from ${by}`, admin }])),
    unclear: rules.flatMap(({ what, admin, named }) =>
      named.flatMap(({ id, list }) =>
        list && 'unread' in list ? [{ what: `${what} from ${id}`, admin, unread: list.unread }] : [],
      ),
    ),
  };
}

/** Prefix lists that may let anybody reach more than the open ports. */
export function prefixListsIn(permissions: readonly IpPermission[], ports: PortLists): string[] {
  return permissions.flatMap((permission) => (reachedBy(permission, ports) ? listsOf(permission) : []));
}

function listsOf({ PrefixListIds = [] }: IpPermission): string[] {
  return PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []);
}

/** What of a host a rule reaches: `tcp 22`; undefined = nothing but open ports. */
function reachedBy(permission: IpPermission, ports: PortLists): OpenRule | undefined {
  const { IpProtocol = '-1' } = permission;
  if (harmless.test(IpProtocol)) return undefined;
  const protocol = protocols[IpProtocol] ?? IpProtocol;
  if (protocol === 'all traffic') return { what: protocol, admin: true };
  if (protocol !== 'tcp' && protocol !== 'udp') return { what: `protocol ${protocol}`, admin: false };
  const [first, last] = [permission.FromPort ?? 0, permission.ToPort ?? lastPort];
  if (isOpen(first, last, ports.open)) return undefined;
  const range = first === last ? String(first) : `${first}-${last}`;
  return { what: `${protocol} ${range}`, admin: ports.admin.some((port) => port >= first && port <= last) };
}

/** Whether each port of the range is one of those that anybody may reach. */
function isOpen(first: number, last: number, open: number[]): boolean {
  const within = new Set(open.filter((port) => port >= first && port <= last));
  return within.size === last - first + 1;
}

/**
 * 0.0.0.0/0 and ::/0, and halves and eighths of them, by which such a rule can be written too. No private range is as large:
 * 10.0.0.0/8; fc00::/7 is, and is told apart.
 */
function isAnybody(cidr: string): boolean {
  const [address = '', bits = '32'] = cidr.split('/');
  return Number(bits) < 8 && !/^f[cd]/i.test(address);
}
