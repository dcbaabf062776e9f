import type { Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import { secondsSince } from '../network/silence.ts';
import { postgresFailure } from '../postgres/failure.ts';
import { askPostgres } from '../postgres/session.ts';
import { columnFacts } from './columns.ts';
import { readsMaskedStatistics, statisticsRole } from './masked.ts';
import type { PostgresQueryTarget } from './params.ts';

const statementTimeoutMs = 5000;
const lockTimeoutMs = 500;
const maxRows = 1000;
const maxBytes = 8 * 1024 * 1024;

type PostgresQueryProbe = Pick<Probe<PostgresQueryTarget>, 'target' | 'previous' | 'signal' | 'clock' | 'reveal'>;

/** Asks once. Throws Unmeasured when the database answered nothing that can be judged. */
export async function probePostgresQuery(probe: PostgresQueryProbe): Promise<Measurement> {
  const { target, previous, signal, clock, reveal } = probe;
  const startedMs = performance.now();
  // On lines of its own, so that a comment at its end doesn't swallow the limit.
  const sql = `select * from (\n${target.sql}\n) as q limit ${maxRows + 1}`;
  const needsRole = readsMaskedStatistics(target.sql) ? statisticsRole : undefined;
  const question = { dsn: reveal(target.dsn), sql, statementTimeoutMs, lockTimeoutMs, maxBytes, needsRole };
  const outcome = await askPostgres(question, signal);
  switch (outcome.kind) {
    case 'answer':
      return {
        facts: {
          reachable: true,
          error: '',
          rows: Math.min(outcome.rows.length, maxRows),
          rows_capped: outcome.rows.length > maxRows,
          connect_ms: tenths(outcome.connectMs),
          latency_ms: tenths(outcome.latencyMs),
          ...columnFacts(outcome, target.facts, { previous, now: clock.now() }),
        },
      };
    case 'silent': {
      const waitedFor = outcome.connected ? 'no answer from' : 'no connection to';
      throw new Unmeasured('timeout', `${waitedFor} ${outcome.place.host} within ${secondsSince(startedMs)}`);
    }
    case 'too_large':
      throw new Unmeasured('too_large', `${outcome.place.host} answered more than ${maxBytes / 1_048_576} MB`, {
        next: 'select fewer or narrower columns',
      });
    case 'role_missing':
      throw new Unmeasured(
        'denied',
        `${outcome.place.host}/${outcome.place.database}: other sessions' statistics are hidden from ${outcome.place.user}`,
        { next: `grant pg_monitor to ${outcome.place.user}` },
      );
    case 'bad_dsn':
      throw new Unmeasured('misconfigured', 'the DSN is not a PostgreSQL URL', {
        next: 'postgres://user:password@host:5432/database',
      });
    case 'failed': {
      const failure = postgresFailure(outcome.error, outcome.place);
      if (failure.kind === 'down') return { facts: { reachable: false, error: failure.error } };
      throw new Unmeasured(failure.reason, cleanText(failure.message, 300), { next: failure.next });
    }
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
