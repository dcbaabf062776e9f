import { defineCheck } from '../kernel/check.ts';
import { dsnInWords } from './postgres/dsn.ts';
import { postgresParams } from './postgres/params.ts';
import { partRules, partSpecs } from './postgres/parts.ts';
import { probePostgres } from './postgres/probe.ts';

export default defineCheck({
  type: 'postgres',
  summary: 'A PostgreSQL server, 13 or newer: sessions, locks, replication, ages, sequences, indexes, archiving',
  catalogue: ['H18', 'H19', 'H20', 'H21'],
  params: postgresParams,
  facts: (target) => ({
    reachable: { type: 'bool', help: 'the server took the connection and answered' },
    error: { type: 'string', help: 'why it did not: connection refused, too many connections…; empty when it did' },
    version: { type: 'string', help: 'such as 17.2' },
    standby: { type: 'bool', help: 'whether it is in recovery: a standby' },
    connect_ms: { type: 'number', unit: 'ms', help: 'until the session was ready' },
    latency_ms: { type: 'number', unit: 'ms', help: 'until all was read, without connecting' },
    databases: { type: 'number', help: 'databases whose sequences, indexes, tables and size were read' },
    ...partSpecs(target),
    unread: { type: 'list', help: 'parts that could not be read, and why' },
  }),
  rules: (target) => {
    const { fail, warn, clear } = partRules(target);
    const gone = { when: '!reachable', say: '{error}' };
    return { fail: [gone, ...expected(target.replicas, target.skip), ...fail], warn, clear };
  },
  okSays: '{connections} of {connections_max} connections; not read: {unread}',
  iam: [],
  describe: ({ dsn }) => `PostgreSQL at ${dsnInWords(dsn)}`,
  lane: ({ dsn }) => `postgres:${dsnInWords(dsn)}`,
  laneLimit: 2,
  example: `- id: main-db
  group: data
  postgres:
    dsn: {secret: MAIN_DB_URL}
    replicas: 1
  warn: ["connections > 20", "size(dead_tables) > 0", "cache_hit_pct < 95"]
`,
  run: (probe) => probePostgres(probe),
});

/** A standby that went away has no lag. */
function expected(replicas: number | undefined, skip: string[]) {
  if (replicas === undefined || skip.includes('replication')) return [];
  return [{ when: `replicas < ${replicas}`, say: `{replicas} standbys stream from it (want ${replicas})` }];
}
