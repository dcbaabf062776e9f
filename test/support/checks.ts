import { z } from 'zod';
import type { Condition } from '../../src/conditions/model.ts';
import type { Check, Ops } from '../../src/config/model.ts';
import { type CheckType, defineCheck, type Facts, type Measurement, type Probe } from '../../src/kernel/check.ts';
import type { Clock } from '../../src/kernel/clock.ts';

export type Run = (probe: Probe<unknown>) => Promise<Measurement>;

/** A condition over plain facts; `test` throws nothing. */
export function condition(source: string, test: (facts: Facts) => boolean, reads: string[] = []): Condition {
  const made: Condition = {
    rule: { when: source },
    source,
    reads,
    evaluate: (facts) => ({ kind: test(facts) ? 'true' : 'false' }),
    explain: () => undefined,
    limits: [],
    usual: [],
    given: () => made,
  };
  return made;
}

/** A configured check around `run`; what a test doesn't say is harmless: one attempt, 1 s, no rules. */
export function checkOf(run: Run, over: Partial<Check> & { lane?: string; definition?: CheckType } = {}): Check {
  const { lane, ...rest } = over;
  const type = defineCheck({
    type: 'probe-under-test',
    summary: 'a probe of a test',
    catalogue: [],
    params: z.unknown(),
    facts: () => ({
      latency_ms: { type: 'number', help: 'how long it took', unit: 'ms' },
      // Earlier samples are kept for checks with a rate.
      calls_per_min: { type: 'number', help: 'how often it is called', rate: true },
    }),
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

/** A loaded config around checks; what a test doesn't say has no effect on it. */
export function opsOf(checks: Check[], over: Partial<Ops> = {}): Ops {
  return {
    file: '/ops.yml',
    dir: '/',
    team: { name: 'Test', zone: 'UTC', holidays: [] },
    slack: {},
    roles: {},
    contacts: new Map(),
    groups: new Map(),
    checks,
    maintenance: [],
    aws: { region: undefined, accounts: new Map() },
    scriptDirs: [],
    breach: { assessWithinMs: 72 * 3_600_000, contact: undefined },
    checklists: { channel: undefined, scheduled: [] },
    limits: { concurrent: 100, perLane: 100, sweepDeadlineMs: 10_000 },
    reports: {},
    documents: [],
    missingSecrets: [],
    ...over,
  };
}

/** A clock that stands still until it is moved. */
export function testClock(at = '2026-11-23T09:00:00Z'): Clock & { move(ms: number): void } {
  let now = new Date(at).getTime();
  return {
    now: () => new Date(now),
    move: (ms) => {
      now += ms;
    },
  };
}
