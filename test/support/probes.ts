import type { z } from 'zod';
import { judge } from '../../src/health/judge.ts';
import { okSaysOf } from '../../src/health/specs.ts';
import type { CheckType, Facts, Probe, Reported, Sample } from '../../src/kernel/check.ts';
import { Unmeasured } from '../../src/kernel/check.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { judgedOf } from './judging.ts';

export interface ProbeSetting {
  signal?: AbortSignal;
  /** Of the parts; default: `signal`. */
  partsSignal?: AbortSignal;
  previous?: Sample;
  secrets?: Record<string, string>;
  dir?: string;
  scriptDirs?: string[];
  clock?: Clock;
  /** What a job has reported. */
  reported?: () => Promise<Reported>;
}

const keepsNothing = () => Promise.reject(new Error('this check keeps nothing'));

/** What a probe of `target` gets in the product, with a deadline of 10 s unless the test brings its own. */
export function probeOf<Target>(target: Target, setting: ProbeSetting = {}): Probe<Target> {
  const signal = setting.signal ?? AbortSignal.timeout(10_000);
  return {
    target,
    previous: setting.previous,
    signal,
    partsSignal: setting.partsSignal ?? signal,
    clock: setting.clock ?? systemClock,
    batch: { load: () => Promise.reject(new Error('this check asks nothing in batches')) },
    reveal: (value) => {
      if (!(value instanceof Secret)) return value;
      const secret = setting.secrets?.[value.name];
      if (secret === undefined) throw new Unmeasured('no_credentials', `${value.name} is not set`);
      return secret;
    },
    site: { dir: setting.dir ?? import.meta.dirname, scriptDirs: setting.scriptDirs ?? [] },
    kept: { read: keepsNothing, write: keepsNothing },
    reported: setting.reported ?? (() => Promise.reject(new Error('this check reads no reports'))),
    heldForMs: 0,
  };
}

/** Runs a check type once, with parameters as an operator writes them. */
export async function measure<S extends z.ZodType>(
  type: CheckType<S>,
  params: unknown,
  setting?: ProbeSetting,
): Promise<Facts> {
  const { facts } = await type.run(probeOf(type.params.parse(params), setting));
  return facts;
}

/** Why the probe could not measure; fails when it could. */
export async function whyUnmeasured(work: Promise<unknown>): Promise<Unmeasured> {
  const outcome = await work.then(
    (measured) => ({ measured }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof Unmeasured) return outcome.error;
  throw new Error(`measured, or failed otherwise: ${JSON.stringify(outcome)}`, { cause: outcome });
}

/** What the product makes of these facts by the type's default rules. */
export function judgedByDefault<S extends z.ZodType>(
  type: CheckType<S>,
  params: unknown,
  facts: Facts,
): 'fail' | 'warn' | 'unknown' | 'ok' {
  const target = type.params.parse(params);
  const specs = type.facts(target);
  const now = new Date();
  const { outcome } = judge({
    measured: { kind: 'measured', at: now, facts, specs, attempts: 1 },
    check: judgedOf(type.rules(target), specs),
    ...{ history: [], now },
  });
  if (outcome === 'ok' || outcome === 'warn' || outcome === 'fail' || outcome === 'unknown') return outcome;
  throw new Error(`judged ${outcome}`);
}

/** The reason of an ok check with these facts, by the type's default rules; fails when it is not ok. */
export function okReasonOf<S extends z.ZodType>(type: CheckType<S>, params: unknown, facts: Facts): string {
  const target = type.params.parse(params);
  const specs = type.facts(target);
  const now = new Date();
  const okSays = okSaysOf({ definition: type, target });
  const { outcome, reason } = judge({
    measured: { kind: 'measured', at: now, facts, specs, attempts: 1, okSays },
    check: judgedOf(type.rules(target), specs),
    ...{ history: [], now },
  });
  if (outcome !== 'ok') throw new Error(`judged ${outcome}: ${reason}`);
  return reason;
}

/** The verdict on what is there now: by the type's default rules, or unknown where it could not be measured. */
export async function verdictOf<S extends z.ZodType>(
  type: CheckType<S>,
  params: unknown,
  setting?: ProbeSetting,
): Promise<'fail' | 'warn' | 'unknown' | 'ok'> {
  const measured = await measure(type, params, setting).catch((error: unknown) => error);
  if (measured instanceof Unmeasured) return 'unknown';
  if (measured instanceof Error) throw measured;
  return judgedByDefault(type, params, measured as Facts);
}
