import type { z } from 'zod';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { createBatch, type SweepBatch } from '../../../src/health/batch.ts';
import type { AwsSettings } from '../../../src/kernel/aws.ts';
import type { CheckType, Facts, Kept, Measurement, Rule, Unmeasured } from '../../../src/kernel/check.ts';
import { memoryKept } from '../kept.ts';

/** The moment of every test: half a minute into a minute, a quarter past noon. */
export const now = new Date('2026-11-23T12:15:30Z');

export interface ProbeOptions {
  signal?: AbortSignal;
  /** Of the parts; default: `signal`. */
  partsSignal?: AbortSignal;
  heldForMs?: number;
  /** Checks of one sweep share it. */
  batch?: SweepBatch;
  aws?: AwsSettings;
  /** The moment of this look; default: `now`. */
  at?: Date;
  /** Default: of this file, in memory. */
  kept?: Kept;
}

const ofThisFile = memoryKept();

/** Runs a check type as a sweep would: parameters parsed as from the config, a batch, a clock that stands still. */
export function measure<Schema extends z.ZodType>(
  check: CheckType<Schema>,
  params: z.input<Schema>,
  {
    signal = new AbortController().signal,
    partsSignal = signal,
    heldForMs = 0,
    batch = createBatch(),
    aws,
    at = now,
    kept = ofThisFile,
  }: ProbeOptions = {},
): Promise<Measurement> {
  return check.run({
    target: check.params.parse(params),
    previous: undefined,
    signal,
    partsSignal,
    clock: { now: () => at },
    batch: batch.forAttempt(signal, () => {}),
    reveal: (value) => String(value),
    site: { dir: '/', scriptDirs: [], aws },
    reported: () => Promise.reject(new Error('this check reads no reports')),
    kept,
    heldForMs,
  });
}

/** What a probe threw, as plain data. */
export async function refusal(measured: Promise<Measurement>) {
  const error = await measured.then(
    () => {
      throw new Error('it measured');
    },
    (thrown: Unmeasured) => thrown,
  );
  return { reason: error.reason, message: error.message, next: error.next, retryable: error.retryable };
}

/** The type's default rules that are true for these facts: `fail size(down) > 0`. Throws when one can't be evaluated. */
export function fired<Schema extends z.ZodType>(
  check: CheckType<Schema>,
  params: z.input<Schema>,
  facts: Facts,
): string[] {
  const target = check.params.parse(params);
  const { fail = [], warn = [] } = check.rules(target);
  const holds = (rule: Rule) => {
    const compiled = compileCondition(rule, check.facts(target));
    if (!compiled.ok) throw new Error(`${rule.when}: ${compiled.problem.found}`);
    const { kind } = compiled.condition.evaluate(facts);
    if (kind !== 'true' && kind !== 'false') throw new Error(`${rule.when}: ${kind}`);
    return kind === 'true';
  };
  return [
    ...fail.filter(holds).map((rule) => `fail ${rule.when}`),
    ...warn.filter(holds).map((rule) => `warn ${rule.when}`),
  ];
}
