import type { IpPermission } from '@aws-sdk/client-ec2';

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

/** The rules that let anybody reach more than the open ports. */
export function openRules(permissions: readonly IpPermission[], ports: PortLists): OpenRule[] {
  return permissions.flatMap((permission) => {
    const { IpProtocol = '-1' } = permission;
    const from = [
      ...(permission.IpRanges ?? []).map(({ CidrIp = '' }) => CidrIp),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '' }) => CidrIpv6),
    ].filter(isAnybody);
    if (from.length === 0 || harmless.test(IpProtocol)) return [];
    const protocol = protocols[IpProtocol] ?? IpProtocol;
    const by = from.join(' and ');
    if (protocol !== 'tcp' && protocol !== 'udp')
      return [
        {
          what: `${protocol === 'all traffic' ? protocol : `protocol ${protocol}`} from ${by}`,
          admin: protocol === 'all traffic',
        },
      ];
    const [first, last] = [permission.FromPort ?? 0, permission.ToPort ?? lastPort];
    if (isOpen(first, last, ports.open)) return [];
    const range = first === last ? String(first) : `${first}-${last}`;
    return [
      { what: `${protocol} ${range} from ${by}`, admin: ports.admin.some((port) => port >= first && port <= last) },
    ];
  });
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
