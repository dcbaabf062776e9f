import { isIP, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { onTimeout } from '../network/silence.ts';
import { recordTypes, wantedRecord } from './records.ts';

const server = z.string().refine(isServer, 'an IP address, with a port where it is not 53: 192.0.2.53 or [::1]:5353');

export const dnsParams = z
  .strictObject({
    name: z
      .string()
      .max(253)
      .regex(/^[\p{L}\p{N}_*-]{1,63}(\.[\p{L}\p{N}_-]{1,63})*\.?$/u, 'a name such as www.example.com')
      .describe('what is looked up, whole: search domains and the hosts file are not used'),
    type: z.enum(recordTypes).default('A').describe('kind of record'),
    servers: z
      .array(server)
      .min(1)
      .max(10)
      .optional()
      .describe("name servers to ask, in order until one answers; default: the system's"),
    expect: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('records that should be there: `192.0.2.7`, `10 mail.example.com`, `0 issue letsencrypt.org`'),
    match: z
      .enum(['exact', 'all', 'one'])
      .default('exact')
      .describe('which of them: `exact` = all and no others, `all` = all, `one` = one of them is enough'),
    on_timeout: onTimeout,
  })
  .superRefine(({ type, expect = [] }, context) => {
    for (const [index, text] of expect.entries()) {
      const wanted = wantedRecord(type, text);
      if (wanted !== undefined) context.addIssue({ code: 'custom', path: ['expect', index], message: wanted });
    }
  });

export type DnsTarget = z.output<typeof dnsParams>;

function isServer(text: string): boolean {
  if (isIP(text)) return true;
  const [, address = '', port] = /^\[?([^[\]]+)\]?:(\d+)$/.exec(text) ?? [];
  return (text.startsWith('[') ? isIPv6(address) : isIPv4(address)) && Number(port) > 0 && Number(port) < 65_536;
}
