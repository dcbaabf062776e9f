import { defineCheck, type FactSpec } from '../kernel/check.ts';
import { redisParams } from './redis/params.ts';
import { probeRedis } from './redis/probe.ts';

const ofReplica = (spec: FactSpec): FactSpec => ({
  ...spec,
  whyAbsent: ({ replica }) => (replica === false ? 'it is a primary' : undefined),
});
const ofReplicas = (help: string, unit: string): FactSpec => ({
  type: 'number',
  unit,
  help,
  whyAbsent: ({ replicas }) => (replicas === 0 ? 'it has no replica' : undefined),
});
const ofCluster = (spec: FactSpec): FactSpec => ({
  ...spec,
  whyAbsent: ({ cluster }) =>
    cluster === true ? 'CLUSTER INFO is refused: ACL SETUSER … +cluster|info' : 'it is in no cluster',
});

export default defineCheck({
  type: 'redis',
  summary: 'A Redis or Valkey server: PING, memory, clients, evictions, replication, persistence, cluster',
  catalogue: ['H24'],
  params: redisParams,
  facts: () => ({
    reachable: { type: 'bool', help: 'it took the connection and answered' },
    error: {
      type: 'string',
      help: 'why it did not: connection refused, too many clients, busy with a script…; empty when it did',
    },
    connect_ms: { type: 'number', unit: 'ms', help: 'until the connection was ready, with TLS' },
    latency_ms: { type: 'number', unit: 'ms', help: 'from PING to its answer' },
    pong: { type: 'bool', help: 'whether PING was answered with PONG' },
    ping_answer: { type: 'string', help: 'what it was answered with: PONG, MISCONF…, LOADING…' },
    version: { type: 'string', help: 'such as 7.2.4' },
    uptime_s: { type: 'number', unit: 's', help: 'since it was started' },
    loading: { type: 'bool', help: 'whether it still loads its data' },
    used_bytes: { type: 'number', unit: 'bytes', help: 'memory in use' },
    max_bytes: {
      type: 'number',
      unit: 'bytes',
      help: 'maxmemory, or `memory_limit_mb` where there is none; 0 = no limit',
    },
    used_pct: {
      type: 'number',
      unit: '%',
      help: 'share of `max_bytes`; null without a limit',
      whyAbsent: ({ max_bytes }) =>
        Number(max_bytes ?? 0) === 0
          ? 'the server tells no maxmemory: set it there, or memory_limit_mb here'
          : undefined,
    },
    memory_policy: { type: 'string', help: 'what it does when it is full: noeviction, allkeys-lru…' },
    evicts: {
      type: 'bool',
      help: 'whether it makes room when it is full: allkeys-…, or volatile-… while a tenth of its keys have an expiry',
    },
    fragmentation: { type: 'number', help: 'memory taken from the system for each byte in use' },
    clients: { type: 'number', help: 'connected clients, this check’s own too' },
    clients_limit_read: { type: 'bool', help: 'whether it tells maxclients, as Redis 7 does' },
    max_clients: { type: 'number', help: 'maxclients' },
    clients_pct: { type: 'number', unit: '%', help: 'share of `max_clients`' },
    blocked_clients: { type: 'number', help: 'clients that wait in a blocking command' },
    rejected: { type: 'number', help: 'connections refused so far because of maxclients' },
    evictions: { type: 'number', help: 'keys evicted so far to make room' },
    evictions_per_min: { type: 'number', unit: '/min', rate: true, help: 'growth of evictions' },
    commands_per_s: { type: 'number', unit: '/s', help: 'commands a second, as the server counts them' },
    hit_pct: {
      type: 'number',
      unit: '%',
      help: 'look-ups that found their key, since the statistics began',
      whyAbsent: () => 'nothing was looked up yet',
    },
    replica: { type: 'bool', help: 'whether it is a replica' },
    primary_link_up: ofReplica({ type: 'bool', help: 'of a replica: whether it hears its primary' }),
    primary_down_s: ofReplica({ type: 'number', unit: 's', help: 'of a replica: since when not; null while it does' }),
    replicas: { type: 'number', help: 'replicas that are online' },
    replicas_syncing: { type: 'number', help: 'replicas that still get their first copy' },
    replicas_lag_s: ofReplicas('since the replica that is latest was heard', 's'),
    replicas_lag_bytes: ofReplicas('what that one has yet to take', 'bytes'),
    persistence_read: { type: 'bool', help: 'whether it tells of snapshots and files; some hosted ones don’t' },
    rdb_ok: { type: 'bool', help: 'whether the last snapshot was written' },
    last_save_age_s: { type: 'number', unit: 's', help: 'since the last snapshot' },
    unsaved_changes: { type: 'number', help: 'changes since then' },
    aof: { type: 'bool', help: 'whether it keeps an append-only file' },
    aof_ok: { type: 'bool', help: 'whether the last write to that was done' },
    cluster: { type: 'bool', help: 'whether it is a node of a cluster' },
    cluster_ok: ofCluster({ type: 'bool', help: 'of a cluster: whether its state is ok' }),
    cluster_slots_down: ofCluster({ type: 'number', help: 'of a cluster: slots that nobody serves' }),
  }),
  rules: ({ replicas }) => ({
    fail: [
      { when: '!reachable', say: '{error}' },
      { when: 'loading', say: 'it loads its data: wait until it is done' },
      { when: '!pong', say: 'PING is answered with: {ping_answer}' },
      {
        when: '!evicts && used_pct >= 95',
        say: '{used_pct} of {max_bytes} memory used (limit 95 %), {memory_policy}: give it more, or see what grew',
      },
      {
        when: 'clients_limit_read && clients_pct >= 90',
        say: '{clients} of {max_clients} clients (limit 90 %): see CLIENT LIST',
      },
      { when: 'replica && !primary_link_up', say: 'it hears nothing of its primary since {primary_down_s}' },
      ...(replicas === undefined
        ? []
        : [{ when: `replicas < ${replicas}`, say: `{replicas} replicas online (want ${replicas})` }]),
      { when: 'persistence_read && !rdb_ok', say: 'the last snapshot failed: see the server’s log and its disk' },
      {
        when: 'persistence_read && aof && !aof_ok',
        say: 'the append-only file can’t be written: see the server’s log and its disk',
      },
      {
        when: 'cluster && !cluster_ok',
        say: 'the cluster is down, {cluster_slots_down} slots are served by nobody: see CLUSTER NODES',
      },
    ],
    warn: [
      {
        when: '!evicts && used_pct >= 80',
        say: '{used_pct} of {max_bytes} memory used (limit 80 %), {memory_policy}',
      },
      {
        when: 'evictions_per_min > 1000',
        say: '{evictions_per_min} keys are evicted (limit 1,000 a minute), {used_pct} of {max_bytes} memory used: give it more, or shorter expiries',
      },
      { when: 'clients_limit_read && clients_pct >= 80', say: '{clients} of {max_clients} clients (limit 80 %)' },
    ],
  }),
  okSays: 'PONG in {latency_ms}, {used_pct} of its memory used, {clients} clients',
  iam: [],
  describe: ({ host, port }) => `Redis at ${host}:${port}`,
  lane: ({ host, port }) => `host:${host}:${port}`,
  laneLimit: 4,
  example: `- id: sessions
  group: data
  redis: {host: redis.internal, user: rounds, password: {secret: REDIS_PASSWORD}, tls: true}
  warn: ["evictions_per_min > 100", "latency_ms > 20"]
`,
  run: (probe) => probeRedis(probe),
});
