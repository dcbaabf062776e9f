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

let regions = 0;

/** A region that nobody asked yet, so that no test waits for another's turn at an API's pace. */
export function freshRegion(): string {
  regions += 1;
  return `eu-test-${regions}`;
}
