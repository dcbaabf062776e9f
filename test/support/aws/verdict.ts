import type { z } from 'zod';
import { type CheckType, Unmeasured } from '../../../src/kernel/check.ts';
import { judgedByDefault } from '../probes.ts';
import { measure, type ProbeOptions } from './probe.ts';

/** The verdict on what AWS says now: by the type's default rules, or unknown where it could not be measured. */
export async function verdict<Schema extends z.ZodType>(
  check: CheckType<Schema>,
  params: z.input<Schema>,
  options?: ProbeOptions,
): Promise<'fail' | 'warn' | 'unknown' | 'ok'> {
  const measured = await measure(check, params, options).catch((error: unknown) => {
    if (error instanceof Unmeasured) return undefined;
    throw error;
  });
  return measured ? judgedByDefault(check, params, measured.facts) : 'unknown';
}

let regions = 0;

/** A region that nobody asked yet, so that no test waits for another's turn at an API's pace. */
export function freshRegion(): string {
  regions += 1;
  return `eu-test-${regions}`;
}
