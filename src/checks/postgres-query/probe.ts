import type { Measurement, Probe } from '../../kernel/check.ts';
import { statisticsHidden, withoutAnswer } from '../postgres/no-answer.ts';
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
  if (outcome.kind === 'role_missing') throw statisticsHidden(outcome.place);
  if (outcome.kind !== 'answer') {
    return { facts: withoutAnswer(outcome, { startedMs, maxBytes, tooLarge: 'select fewer or narrower columns' }) };
  }
  return {
    facts: {
      reachable: true,
      error: '',
      rows: Math.min(outcome.rows.length, maxRows),
      rows_capped: outcome.rows.length > maxRows,
      connect_ms: outcome.connectMs,
      latency_ms: outcome.latencyMs,
      ...columnFacts(outcome, target.facts, { previous, now: clock.now() }),
    },
  };
}
