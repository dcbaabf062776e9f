import type { z } from 'zod';
import type { CheckType, Facts } from '../../../src/kernel/check.ts';
import { measure } from './probe.ts';
import type { AwsServer } from './server.ts';

/** What the stand-ins take for all that does not hang is a fraction of it. */
const partsMs = 1_500;

/**
 * What a check measures when its parts' time is over while `action` hangs; resolves once that request was given up too,
 * with the end of the attempt at the latest.
 */
export async function withSlowPart<Schema extends z.ZodType>(
  aws: AwsServer,
  action: string,
  check: CheckType<Schema>,
  params: z.input<Schema>,
): Promise<Facts> {
  aws.break('hang', { action });
  const call = aws.nextCall(action);
  const over = new AbortController();
  const options = { signal: over.signal, partsSignal: AbortSignal.timeout(partsMs) };
  const { facts } = await measure(check, params, options);
  over.abort();
  await (await call).abandoned;
  return facts;
}
