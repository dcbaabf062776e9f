import { type Facts, Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import type { Row, Shown } from './console.ts';

const mostListed = 20;
/** One query more or less is most of a smaller pool. */
const smallPool = 5;

/** The facts of what the console showed. Throws Unmeasured when that isn't what PgBouncer shows. Pure. */
export function consoleFacts(shown: Shown, wanted: string[] | undefined, host: string): Facts {
  const isJudged = (name: string) => name !== 'pgbouncer' && (wanted === undefined || wanted.includes(name));
  const databases = shown.databases.filter((row) => isJudged(text(row, 'name', host)));
  const pools = shown.pools.filter((row) => isJudged(text(row, 'database', host)));
  const stats = shown.stats.filter((row) => isJudged(text(row, 'database', host)));
  const lists = keyed(shown.lists, 'list', 'items', host);
  const config = keyed(shown.config, 'key', 'value', host);

  const clients = numberOf(lists.get('used_clients'), 'used_clients', host);
  const most = numberOf(config.get('max_client_conn'), 'max_client_conn', host);
  const waits = pools.map((row) => number(row, 'maxwait', host) + Number(row.maxwait_us ?? 0) / 1_000_000);
  const state = shown.state && keyed(shown.state, 'key', 'value', host);
  const busiest = pools.map((row) => poolOf(row, databases, config, host)).toSorted((a, b) => b.pct - a.pct);
  return {
    databases: databases.length,
    state_read: state !== undefined,
    on_hold: state === undefined ? null : (['paused', 'suspended'].find((name) => state.get(name) === 'yes') ?? ''),
    paused: some(databases.filter((row) => text(row, 'paused', host) === '1').map((row) => text(row, 'name', host))),
    disabled: some(
      databases.filter((row) => text(row, 'disabled', host) === '1').map((row) => text(row, 'name', host)),
    ),
    pools: pools.length,
    clients_active: total(pools, 'cl_active', host),
    clients_waiting: total(pools, 'cl_waiting', host),
    waiting: some(
      pools
        .filter((row) => number(row, 'cl_waiting', host) > 0)
        .map((row) => `${nameOf(row, host)}: ${number(row, 'cl_waiting', host)} wait, ${row.maxwait} s`),
    ),
    max_wait_s: Math.round(Math.max(0, ...waits) * 1000) / 1000,
    servers_active: total(pools, 'sv_active', host),
    servers_idle: total(pools, 'sv_idle', host),
    servers_login: total(pools, 'sv_login', host),
    pool_used_pct: busiest[0]?.pct ?? 0,
    pools_full: some(busiest.filter(({ pct, size }) => pct >= 80 && size >= smallPool).map(({ words }) => words)),
    pools_exhausted: some(
      busiest.filter(({ pct, wait }) => pct >= 90 && wait > 0).map(({ words, wait }) => `${words}, ${wait} wait`),
    ),
    clients,
    max_clients: most,
    clients_pct: most > 0 ? tenths((clients / most) * 100) : null,
    queries_per_s: total(stats, 'avg_query_count', host),
    avg_query_ms: worstMs(stats, 'avg_query_time', host),
    avg_wait_ms: worstMs(stats, 'avg_wait_time', host),
  };
}

/** Of the databases asked for, those that are not shown. Pure. */
export function notShown(shown: Shown, wanted: string[] | undefined, host: string): string[] {
  const known = new Set(shown.databases.map((row) => text(row, 'name', host)));
  return (wanted ?? []).filter((name) => !known.has(name));
}

/** Busy server connections of a pool against its size; the databases say theirs, else the default counts. */
function poolOf(row: Row, databases: Row[], config: ReadonlyMap<string, string>, host: string) {
  const database = databases.find((each) => each.name === row.database);
  const size = numberOf(database?.pool_size ?? config.get('default_pool_size'), 'pool_size', host);
  const busy = Object.keys(row)
    .filter((column) => column.startsWith('sv_') && column !== 'sv_idle' && column !== 'sv_used')
    .reduce((sum, column) => sum + number(row, column, host), 0);
  return {
    size,
    pct: size > 0 ? tenths((busy / size) * 100) : 0,
    wait: number(row, 'cl_waiting', host),
    words: `${nameOf(row, host)}: ${busy} of ${size}`,
  };
}

function nameOf(row: Row, host: string): string {
  return `${text(row, 'database', host)}/${text(row, 'user', host)}`;
}

function keyed(rows: Row[], key: string, value: string, host: string): Map<string, string> {
  return new Map(rows.map((row) => [text(row, key, host), row[value] ?? '']));
}

function total(rows: Row[], column: string, host: string): number {
  return rows.reduce((sum, row) => sum + number(row, column, host), 0);
}

/** PgBouncer counts microseconds. */
function worstMs(rows: Row[], column: string, host: string): number {
  return tenths(Math.max(0, ...rows.map((row) => number(row, column, host))) / 1000);
}

function number(row: Row, column: string, host: string): number {
  return numberOf(row[column] ?? undefined, column, host);
}

function numberOf(value: string | undefined, column: string, host: string): number {
  if (value === undefined || !/^\d+$/.test(value)) throw strange(column, host);
  return Number(value);
}

function text(row: Row, column: string, host: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw strange(column, host);
  return cleanText(value, 63);
}

function strange(column: string, host: string): Unmeasured {
  return new Unmeasured('invalid_answer', `${host} does not show ${column} as PgBouncer does`, {
    next: 'check that this is PgBouncer, 1.8 or newer',
  });
}

function some(texts: string[]): string[] {
  return texts.length > mostListed ? [...texts.slice(0, mostListed), `and ${texts.length - mostListed} more`] : texts;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
