import { defineCheck } from '../kernel/check.ts';
import { pgbouncerParams } from './pgbouncer/params.ts';
import { probePgbouncer } from './pgbouncer/probe.ts';
import { dsnInWords } from './postgres/dsn.ts';

const defaultPort = 6432;

export default defineCheck({
  type: 'pgbouncer',
  summary: 'PgBouncer: clients that wait, pools and clients near their limits, paused databases',
  catalogue: ['H38'],
  params: pgbouncerParams,
  facts: () => ({
    reachable: { type: 'bool', help: 'the console took the connection and answered' },
    error: { type: 'string', help: 'why it did not: connection refused…; empty when it did' },
    connect_ms: { type: 'number', unit: 'ms', help: 'until the session was ready' },
    latency_ms: { type: 'number', unit: 'ms', help: 'until all was read, without connecting' },
    databases: { type: 'number', help: 'databases that it has, of those judged' },
    missing: { type: 'list', help: 'databases asked for that it has not' },
    paused: { type: 'list', help: 'databases where PAUSE holds all queries' },
    disabled: { type: 'list', help: 'databases where DISABLE turns new clients away' },
    pools: { type: 'number', help: 'pools: one for each database and user that came' },
    clients_active: { type: 'number', help: 'clients with a server connection or none needed now' },
    clients_waiting: { type: 'number', help: 'clients that wait for a server connection' },
    waiting: { type: 'list', help: 'pools where clients wait: `shop/app: 3 wait, 2 s`' },
    max_wait_s: { type: 'number', unit: 's', help: 'how long the first of these has waited' },
    servers_active: { type: 'number', help: 'server connections that work' },
    servers_idle: { type: 'number', help: 'server connections that are free' },
    servers_login: { type: 'number', help: 'server connections that log in now' },
    pool_used_pct: { type: 'number', unit: '%', help: 'the busiest pool: working server connections of its size' },
    pools_full: { type: 'list', help: 'pools at 80 % or more: `shop/app: 18 of 20`' },
    clients: { type: 'number', help: 'clients, this check’s own too' },
    max_clients: { type: 'number', help: 'max_client_conn' },
    clients_pct: { type: 'number', unit: '%', help: 'share of `max_clients`' },
    queries_per_s: { type: 'number', unit: '/s', help: 'queries a second in the last period of its statistics' },
    avg_query_ms: { type: 'number', unit: 'ms', help: 'mean time of a query then, in the slowest database' },
    avg_wait_ms: {
      type: 'number',
      unit: 'ms',
      help: 'mean wait for a server connection then, in the slowest database',
    },
  }),
  rules: () => ({
    fail: [
      { when: '!reachable', say: '{error}' },
      { when: 'size(missing) > 0', say: 'it has no database {missing}: see [databases] in pgbouncer.ini' },
      { when: 'size(paused) > 0', say: 'paused: {paused}; RESUME goes on' },
      { when: 'size(disabled) > 0', say: 'disabled: {disabled}; ENABLE goes on' },
      {
        when: 'max_wait_s > 10',
        say: 'clients wait for {max_wait_s} (limit 10 s): {waiting}; see what keeps the servers busy',
      },
      {
        when: 'pool_used_pct >= 90',
        say: 'pools are full (limit 90 %): {pools_full}; see what keeps them busy, or raise the pool size',
      },
      { when: 'clients_pct >= 90', say: '{clients} of {max_clients} clients (limit 90 %): raise max_client_conn' },
    ],
    warn: [
      { when: 'max_wait_s > 1', say: 'clients wait for {max_wait_s} (limit 1 s): {waiting}' },
      { when: 'clients_waiting > 0', say: 'clients wait for a server connection: {waiting}' },
      { when: 'pool_used_pct >= 80', say: 'pools are nearly full (limit 80 %): {pools_full}' },
      { when: 'clients_pct >= 80', say: '{clients} of {max_clients} clients (limit 80 %)' },
    ],
  }),
  okSays: '{clients} of {max_clients} clients, none waits',
  iam: [],
  describe: ({ dsn }) => `PgBouncer at ${dsnInWords(dsn, defaultPort)}`,
  lane: ({ dsn }) => `postgres:${dsnInWords(dsn, defaultPort)}`,
  laneLimit: 2,
  example: `- id: pool
  group: data
  pgbouncer:
    dsn: {secret: PGBOUNCER_URL}
    databases: [shop]
`,
  run: (probe) => probePgbouncer(probe),
});
