import type { CaaRecord, promises } from 'node:dns';
import { isIPv4, isIPv6 } from 'node:net';

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS', 'SRV', 'CAA'] as const;
export type RecordType = (typeof recordTypes)[number];

export interface Records {
  /** One text per record, as `normal` writes it. */
  answers: string[];
  /** The smallest; undefined = the type's answers don't tell. */
  ttlS?: number;
}

type Resolver = InstanceType<typeof promises.Resolver>;

/** Asks for the records of one type. Rejects with c-ares's error. */
export async function askFor(resolver: Resolver, name: string, type: RecordType): Promise<Records> {
  switch (type) {
    case 'A':
      return withTtl(await resolver.resolve4(name, { ttl: true }), type);
    case 'AAAA':
      return withTtl(await resolver.resolve6(name, { ttl: true }), type);
    case 'CNAME':
      return texts(await resolver.resolveCname(name), type);
    case 'NS':
      return texts(await resolver.resolveNs(name), type);
    case 'MX':
      return texts(
        (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange || '.'}`),
        type,
      );
    case 'TXT':
      return texts(
        (await resolver.resolveTxt(name)).map((parts) => parts.join('')),
        type,
      );
    case 'SRV':
      return texts(
        (await resolver.resolveSrv(name)).map((srv) => `${srv.priority} ${srv.weight} ${srv.port} ${srv.name || '.'}`),
        type,
      );
    case 'CAA':
      return texts((await resolver.resolveCaa(name)).map(caaText), type);
  }
}

function withTtl(records: { address: string; ttl: number }[], type: RecordType): Records {
  const ttlS = records.length > 0 ? Math.min(...records.map(({ ttl }) => ttl)) : undefined;
  return {
    ...texts(
      records.map(({ address }) => address),
      type,
    ),
    ttlS,
  };
}

function texts(answers: string[], type: RecordType): Records {
  return { answers: [...new Set(answers.map((answer) => normal(type, answer)))].sort() };
}

function caaText({ critical, ...tags }: CaaRecord): string {
  const [tag, value] = Object.entries(tags).find(([name]) => name !== 'type') ?? ['', ''];
  return `${critical} ${tag} ${value}`;
}

/** How a record is compared and shown: names in lower case without the last dot, addresses in their shortest form. */
export function normal(type: RecordType, text: string): string {
  if (type === 'TXT') return text;
  if (type === 'AAAA') return isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
  if (type === 'CAA') {
    const [, flags, tag, value] = /^(\d+) (\w+) "?([^"]*)"?$/.exec(text.trim()) ?? [];
    return flags === undefined ? text : `${flags} ${tag?.toLowerCase()} ${value?.trim()}`;
  }
  const words = text.trim().toLowerCase().split(/\s+/);
  const last = words.pop() ?? '';
  return [...words, last.replace(/(?<=.)\.$/, '') || '.'].join(' ');
}

/** What a text must look like to be a record of the type; undefined = it does. */
export function wantedRecord(type: RecordType, text: string): string | undefined {
  const name = '[^\\s]+';
  const shapes: Record<RecordType, [holds: boolean, wanted: string]> = {
    A: [isIPv4(text), 'an IPv4 address such as 192.0.2.7'],
    AAAA: [isIPv6(text), 'an IPv6 address such as 2001:db8::7'],
    CNAME: [new RegExp(`^${name}$`).test(text), 'a name such as lb.example.com'],
    NS: [new RegExp(`^${name}$`).test(text), 'a name such as ns1.example.com'],
    MX: [new RegExp(`^\\d+ ${name}$`).test(text), 'priority and name: 10 mail.example.com'],
    TXT: [text !== '', 'the whole text'],
    SRV: [
      new RegExp(`^\\d+ \\d+ \\d+ ${name}$`).test(text),
      'priority, weight, port and name: 0 5 5060 sip.example.com',
    ],
    CAA: [/^\d+ \w+ .+$/.test(text), 'flags, tag and value: 0 issue letsencrypt.org'],
  };
  const [holds, wanted] = shapes[type];
  return holds ? undefined : wanted;
}
