import { defineCheck } from '../kernel/check.ts';
import { dsnInWords } from './postgres/dsn.ts';
import { columnSpecs } from './postgres-query/columns.ts';
import { postgresQueryParams } from './postgres-query/params.ts';
import { probePostgresQuery } from './postgres-query/probe.ts';

export default defineCheck({
  type: 'postgres-query',
  summary: 'A query of your own on a PostgreSQL database, read-only; columns of its first row are facts',
  catalogue: ['H22'],
  params: postgresQueryParams,
  facts: (target) => ({
    reachable: { type: 'bool', help: 'The database took the connection and answered' },
    error: { type: 'string', help: 'Why it did not: connection refused, too many connections…; empty when it did' },
    rows: { type: 'number', help: 'Rows of the answer, at most 1,000' },
    rows_capped: { type: 'bool', help: 'There are more than 1,000 rows' },
    connect_ms: { type: 'number', unit: 'ms', help: 'Until the session was ready' },
    latency_ms: { type: 'number', unit: 'ms', help: 'Until the answer was read, without connecting' },
    ...columnSpecs(target.facts),
  }),
  rules: () => ({ fail: [{ when: '!reachable', say: '{error}' }] }),
  iam: [],
  describe: ({ dsn }) => `query on ${dsnInWords(dsn)}`,
  lane: ({ dsn }) => `postgres:${dsnInWords(dsn)}`,
  // Connections are scarce there, and fifty checks at once would be the load that they look for.
  laneLimit: 2,
  example: `- id: failed-logins
  group: data
  postgres-query:
    dsn: {secret: MAIN_DB_URL}
    sql: select count(*) as failed from audit_logs where action = 'LOGIN_FAILED' and timestamp >= now() - interval '24 hours'
    facts: {failed: number}
  warn: ["failed > 50"]
  fail: ["failed > 100"]
`,
  run: (probe) => probePostgresQuery(probe),
});
