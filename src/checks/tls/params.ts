import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { onTimeout } from '../network/silence.ts';

const hostName = z
  .string()
  .max(253)
  .refine((host) => isIPv6(host) || /^[\p{L}\p{N}._-]+$/u.test(host), 'a host name or an IP address, without a port');

export const tlsParams = z
  .strictObject({
    host: hostName.describe('host name or IP address'),
    port: z.int().min(1).max(65_535).default(443).describe('TCP port'),
    servername: hostName
      .refine((name) => !isIPv6(name) && !/^[\d.]+$/.test(name), 'a name, not an address')
      .optional()
      .describe('name that is asked for (SNI) and that the certificate must be for; default: host'),
    starttls: z
      .enum(['none', 'postgres', 'smtp'])
      .default('none')
      .describe('how TLS begins on a port that begins in plain text'),
    ca: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file, relative to ops.yml, of the authorities to trust instead of the public ones'),
    warn_days: z.number().min(0).default(30).describe('with fewer days left than this: warn'),
    fail_days: z.number().min(0).default(7).describe('with fewer days left than this: fail'),
    on_timeout: onTimeout,
  })
  .refine(({ warn_days, fail_days }) => fail_days <= warn_days, {
    path: ['fail_days'],
    message: 'not more than warn_days',
  });

export type TlsTarget = z.output<typeof tlsParams>;
