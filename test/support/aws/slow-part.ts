import type { z } from 'zod';
import { type CheckType, type Facts, Unmeasured } from '../../../src/kernel/check.ts';
import { judgedByDefault } from '../probes.ts';
import { measure } from './probe.ts';
import type { AwsServer } from './server.ts';

/** What the stand-ins take for all that does not hang is a fraction of it. */
const partsMs = 1_500;

/**
 * What a check measures when its parts' time is over while `action` hangs, `times` calls of it at most; resolves once that request was given up too,
 * with the end of the attempt at the latest.
 */
export async function withSlowPart<Schema extends z.ZodType>(
  aws: AwsServer,
  action: string,
  check: CheckType<Schema>,
  params: z.input<Schema>,
  times = Infinity,
): Promise<Facts> {
  aws.break('hang', { action, times });
  const call = aws.nextCall(action);
  const over = new AbortController();
  const parts = new AbortController();
  const timer = setTimeout(() => parts.abort(new Unmeasured('timeout', 'the check: no answer in time')), partsMs);
  const { facts } = await measure(check, params, { signal: over.signal, partsSignal: parts.signal });
  clearTimeout(timer);
  over.abort();
  await (await call).abandoned;
  return facts;
}

/** The verdict on what is measured while `action` hangs, by the type's default rules, and the parts that were not read. */
export async function verdictWithSlowPart<Schema extends z.ZodType>(
  ...[aws, action, check, params, times]: Parameters<typeof withSlowPart<Schema>>
) {
  const facts = await withSlowPart(aws, action, check, params, times);
  return { verdict: judgedByDefault(check, params, facts), unread: facts.unread, facts };
}
