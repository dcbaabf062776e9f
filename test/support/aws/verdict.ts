import type { z } from 'zod';
import { type CheckType, Unmeasured } from '../../../src/kernel/check.ts';
import { judgedByDefault } from '../probes.ts';
import { measure, type ProbeOptions } from './probe.ts';

/** The verdict on what the stand-ins say now: by the type's default rules, or unknown where it could not be measured. */
export async function awsVerdict<S extends z.ZodType>(check: CheckType<S>, params: z.input<S>, options?: ProbeOptions) {
  const measured = await measure(check, params, options).catch((error: unknown) => {
    if (error instanceof Unmeasured) return undefined;
    throw error;
  });
  return measured === undefined ? 'unknown' : judgedByDefault(check, params, measured.facts);
}
