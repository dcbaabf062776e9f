import type { Facts } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';

/** `INFO`: lines of `name:value` under `# Section`. */
export type Info = ReadonlyMap<string, string>;

export function parseInfo(text: string): Info {
  const lines = text.split('\r\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

/** A whole or decimal number; null when it isn't there or isn't one. */
function number(info: Info, name: string): number | null {
  const text = info.get(name);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** Null where the server doesn't say. */
function isOk(info: Info, name: string): boolean | null {
  const text = info.get(name);
  return text === undefined ? null : text === 'ok';
}

function pct(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : Math.round((part / whole) * 1000) / 10;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** The facts of one INFO. `memoryLimit`, bytes, counts where the server has or tells no maxmemory. Pure. */
export function infoFacts(info: Info, memoryLimit: number | undefined): Facts {
  const used = number(info, 'used_memory');
  const maxmemory = number(info, 'maxmemory');
  const max = maxmemory === null || maxmemory === 0 ? (memoryLimit ?? maxmemory) : maxmemory;
  const role = info.get('role');
  const replica = role === undefined ? null : role === 'slave';
  const [clients, maxClients] = [number(info, 'connected_clients'), number(info, 'maxclients')];
  const hits = number(info, 'keyspace_hits');
  const aof = number(info, 'aof_enabled');
  return {
    version: cleanText(info.get('redis_version') ?? '', 20),
    uptime_s: number(info, 'uptime_in_seconds'),
    loading: flag(info, 'loading'),
    used_bytes: used,
    max_bytes: max,
    used_pct: pct(used, max),
    memory_policy: cleanText(info.get('maxmemory_policy') ?? '', 40),
    evicts: evicts(info, maxmemory),
    fragmentation: number(info, 'mem_fragmentation_ratio'),
    clients,
    clients_limit_read: maxClients !== null,
    max_clients: maxClients,
    clients_pct: pct(clients, maxClients),
    blocked_clients: number(info, 'blocked_clients'),
    rejected: number(info, 'rejected_connections'),
    evictions: number(info, 'evicted_keys'),
    commands_per_s: number(info, 'instantaneous_ops_per_sec'),
    hit_pct: pct(hits, sum(hits, number(info, 'keyspace_misses'))),
    replica,
    primary_link_up: replica === true ? linkUp(info) : null,
    primary_down_s: replica === true && linkUp(info) === false ? number(info, 'master_link_down_since_seconds') : null,
    ...replicaFacts(info),
    persistence_read: info.has('rdb_last_bgsave_status'),
    rdb_ok: isOk(info, 'rdb_last_bgsave_status'),
    unsaved_changes: number(info, 'rdb_changes_since_last_save'),
    aof: aof === null ? null : aof === 1,
    aof_ok: isOk(info, 'aof_last_write_status'),
    cluster: flag(info, 'cluster_enabled'),
  };
}

/** With fewer keys that may go than this share it soon has none to evict. */
const fewestVolatile = 0.1;

/** Whether a full memory is a cache at work: keys go, and writes are taken. Without a maxmemory nothing is evicted. */
function evicts(info: Info, maxmemory: number | null): boolean {
  const policy = info.get('maxmemory_policy') ?? '';
  if (maxmemory === null || maxmemory === 0) return false;
  if (policy.startsWith('allkeys-')) return true;
  if (!policy.startsWith('volatile-')) return false;
  const databases = [...info].filter(([name]) => /^db\d+$/.test(name)).map(([, value]) => value);
  const total = (field: string) =>
    databases.reduce((sum, line) => sum + Number(new RegExp(`(?:^|,)${field}=(\\d+)`).exec(line)?.[1] ?? 0), 0);
  const keys = total('keys');
  return keys > 0 && total('expires') / keys >= fewestVolatile;
}

function flag(info: Info, name: string): boolean | null {
  const text = info.get(name);
  return text === '1' ? true : text === '0' ? false : null;
}

function linkUp(info: Info): boolean | null {
  const text = info.get('master_link_status');
  return text === undefined ? null : text === 'up';
}

/** `slave0:ip=10.0.0.2,port=6379,state=online,offset=1400,lag=0`, one line for each that is connected. */
function replicaFacts(info: Info): Facts {
  const lines = [...info].filter(([name]) => /^slave\d+$/.test(name)).map(([, value]) => value);
  const field = (line: string, name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(line)?.[1];
  const online = lines.filter((line) => field(line, 'state') === 'online');
  const written = number(info, 'master_repl_offset');
  const worst = (values: (number | null)[]) =>
    values.length === 0 || values.includes(null) ? null : Math.max(...values.map(Number));
  const numeric = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : null);
  const behind = online.map((line) => {
    const offset = numeric(field(line, 'offset'));
    return offset === null || written === null ? null : Math.max(0, written - offset);
  });
  return {
    replicas: info.has('connected_slaves') ? online.length : null,
    replicas_syncing: info.has('connected_slaves') ? lines.length - online.length : null,
    replicas_lag_s: worst(online.map((line) => numeric(field(line, 'lag')))),
    replicas_lag_bytes: worst(behind),
  };
}
