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
    missing: {
      type: 'list',
      help: 'databases asked for that it has not; null while nothing tells',
      whyAbsent: ({ unproven }) =>
        Array.isArray(unproven) && unproven.length > 0
          ? `it does not show ${unproven.join(', ')}, and no connection told whether it has it: see [databases] in pgbouncer.ini`
          : undefined,
    },
    unproven: { type: 'list', help: 'databases asked for that it does not show, where no connection told more' },
    state_read: { type: 'bool', help: 'whether it has SHOW STATE, as versions after 1.18' },
    on_hold: {
      type: 'string',
      help: 'paused or suspended = PAUSE or SUSPEND holds all databases; empty = neither; null up to 1.18, where waiting clients alone tell',
      whyAbsent: ({ state_read }) =>
        state_read === false ? 'it has no SHOW STATE, as versions after 1.18' : undefined,
    },
    paused: { type: 'list', help: 'databases where a PAUSE of their own holds all queries' },
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
    pools_full: { type: 'list', help: 'pools of five connections or more at 80 % or more: `shop/app: 18 of 20`' },
    pools_exhausted: {
      type: 'list',
      help: 'pools at 90 % or more, of any size, with clients that wait: `shop/app: 18 of 20, 3 wait`',
    },
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
      { when: 'state_read && on_hold != ""', say: 'all databases are {on_hold}; RESUME goes on' },
      { when: 'size(paused) > 0', say: 'paused: {paused}; RESUME goes on' },
      { when: 'size(disabled) > 0', say: 'disabled: {disabled}; ENABLE goes on' },
      {
        when: 'max_wait_s > 10',
        say: 'clients wait for {max_wait_s} (limit 10 s): {waiting}; see what keeps the servers busy',
      },
      {
        when: 'size(pools_exhausted) > 0',
        say: 'pools are full (limit 90 %) and clients wait: {pools_exhausted}; see what keeps them busy, or raise the pool size',
      },
      { when: 'clients_pct >= 90', say: '{clients} of {max_clients} clients (limit 90 %): raise max_client_conn' },
    ],
    warn: [
      { when: 'max_wait_s > 1', say: 'clients wait for {max_wait_s} (limit 1 s): {waiting}' },
      { when: 'clients_waiting > 0', say: 'clients wait for a server connection: {waiting}' },
      { when: 'size(pools_full) > 0', say: 'pools are nearly full (limit 80 %): {pools_full}' },
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
