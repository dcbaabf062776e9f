import pino from 'pino';
import { z } from 'zod';
import type { Condition } from '../../src/conditions/model.ts';
import type { Check } from '../../src/config/model.ts';
import { type CheckType, defineCheck, type Facts, type Measurement, type Probe } from '../../src/kernel/check.ts';
import type { Log } from '../../src/kernel/log.ts';

export type Run = (probe: Probe<unknown>) => Promise<Measurement>;

/** A condition over plain facts; `test` throws nothing. */
export function condition(source: string, test: (facts: Facts) => boolean, reads: string[] = []): Condition {
  return {
    rule: { when: source },
    source,
    reads,
    evaluate: (facts) => ({ kind: test(facts) ? 'true' : 'false' }),
    explain: () => undefined,
  };
}

/** A configured check around `run`; what a test doesn't say is harmless: one attempt, 1 s, no rules. */
export function checkOf(run: Run, over: Partial<Check> & { lane?: string; definition?: CheckType } = {}): Check {
  const { lane, ...rest } = over;
  const type = defineCheck({
    type: 'probe-under-test',
    summary: 'a probe of a test',
    catalogue: [],
    params: z.unknown(),
    facts: () => ({ latency_ms: { type: 'number', help: 'how long it took', unit: 'ms' } }),
    rules: () => ({}),
    iam: [],
    describe: () => 'the probe of a test',
    ...(lane === undefined ? {} : { lane: () => lane }),
    example: '',
    run,
  });
  return {
    id: 'a',
    type: type.type,
    definition: type,
    target: {},
    group: 'g',
    everyMs: 60_000,
    timeoutMs: 1_000,
    attempts: 1,
    retryDelayMs: 1,
    openAfter: { hits: 1, of: 1 },
    closeAfter: 1,
    staleAfterMs: 180_000,
    heldForMs: 0,
    dependsOn: [],
    fail: [],
    warn: [],
    clear: [],
    ...rest,
  };
}

/** A log that keeps its lines for assertions. */
export function keptLog(): Log & { lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return {
    lines,
    debug: log.debug.bind(log),
    info: log.info.bind(log),
    warn: log.warn.bind(log),
    error: log.error.bind(log),
  };
}
