import type { Generated } from 'kysely';

/** The tables of 001_health.sql and 018_usual.sql. Columns of type jsonb come out parsed. */
export interface HealthTables {
  check_state: {
    check_id: string;
    outcome: string;
    since: Date;
    at: Date;
    report: unknown;
    settled: unknown;
    samples: unknown;
    open_state: unknown;
    fingerprint: string;
    every_ms: string;
    regular_at: Date | null;
    recorded_at: Generated<Date>;
  };
  check_result: {
    check_id: string;
    at: Date;
    outcome: string;
    duration_ms: number;
    facts: unknown;
    said: unknown;
    fingerprint: string | null;
  };
  check_rollup: Record<'ok' | 'warn' | 'fail' | 'unknown' | 'blocked' | 'muted' | 'stale', number> & {
    up_ms: number;
    known_ms: number;
    check_id: string;
    period: 'hour' | 'day';
    bucket: Date;
  };
  check_rollup_fact: {
    check_id: string;
    period: 'hour' | 'day';
    bucket: Date;
    fact: string;
    n: number;
    min: number;
    max: number;
    sum: number;
  };
  check_transition: {
    id: Generated<string>;
    check_id: string;
    at: Date;
    from_outcome: string | null;
    to_outcome: string;
    reason: string;
  };
}
