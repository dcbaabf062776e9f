import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { openConnection } from '../network/connect.ts';
import { networkFailure } from '../network/failure.ts';
import { onTimeout, secondsSince, silent } from '../network/silence.ts';

export const tcpParams = z.strictObject({
  host: z
    .string()
    .refine((host) => isIPv6(host) || /^[^\s/@:]+$/.test(host), 'a host name or an IP address, without a port')
    .describe('host name or IP address'),
  port: z.int().min(1).max(65_535).describe('TCP port'),
  on_timeout: onTimeout,
});
export type TcpTarget = z.output<typeof tcpParams>;

/** Connects once. Throws Unmeasured when nothing is known about the port. */
export async function probeTcp(
  probe: Pick<Probe<TcpTarget>, 'target' | 'signal'>,
  lookup?: LookupFunction,
): Promise<Measurement> {
  const { target, signal } = probe;
  const where = `${target.host}:${target.port}`;
  const startedMs = performance.now();
  const connection = await openConnection(target, signal, lookup);
  if (connection.kind === 'open') {
    const latencyMs = Math.round(connection.latencyMs * 10) / 10;
    return { facts: { reachable: true, error: '', latency_ms: latencyMs, address: connection.address } };
  }
  if (connection.kind === 'silent') {
    return { facts: silent(`no connection to ${where} within ${secondsSince(startedMs)}`, target.on_timeout) };
  }
  const failure = networkFailure(connection.error, where);
  if (failure.kind === 'measured') return { facts: { reachable: false, error: failure.error } };
  if (failure.reason === 'timeout') return { facts: silent(failure.message, target.on_timeout) };
  throw new Unmeasured(failure.reason, failure.message, { next: failure.next, cause: connection.error });
}
