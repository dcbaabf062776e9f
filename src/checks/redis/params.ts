import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { secretRef } from '../../kernel/secret.ts';
import { onTimeout } from '../network/silence.ts';

export const redisParams = z
  .strictObject({
    host: z
      .string()
      .refine((host) => isIPv6(host) || /^[^\s/@:]+$/.test(host), 'a host name or an IP address, without a port')
      .describe('host name or IP address'),
    port: z.int().min(1).max(65_535).default(6379).describe('TCP port'),
    user: z
      .string()
      .min(1)
      .optional()
      .describe('ACL user; it needs `+ping +info +cluster|info`; default: the user that has `password` alone'),
    password: secretRef.optional().describe('sent with AUTH; needed where the server wants one'),
    tls: z.boolean().default(false).describe('true = TLS, as ElastiCache has it with encryption in transit'),
    ca: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file, relative to ops.yml, of the authorities to trust instead of the public ones'),
    insecure_tls: z.boolean().default(false).describe('true = any certificate will do, also a forged one'),
    memory_limit_mb: z
      .number()
      .positive()
      .optional()
      .describe('MiB that it may take, where the server has no maxmemory of its own'),
    replicas: z.int().min(1).max(100).optional().describe('replicas that it must have; fewer is a fail'),
    on_timeout: onTimeout,
  })
  .refine(({ user, password }) => user === undefined || password !== undefined, {
    path: ['user'],
    message: 'a user goes with a password',
  })
  .refine(({ tls, ca, insecure_tls }) => tls || (ca === undefined && !insecure_tls), {
    path: ['tls'],
    message: 'ca and insecure_tls go with tls: true',
  });

export type RedisTarget = z.output<typeof redisParams>;
