import { sql } from 'kysely';
import type { Clock } from '../../kernel/clock.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { readMigrations } from '../../store/migrate.ts';
import type { Store } from '../../store/store.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

/** A clock that is wrong by more makes times in answers and in the audit wrong; Slack's signatures fail at 5 min. */
const skew = { warnMs: 1_000, problemMs: 30_000 };

interface DatabaseOptions {
  store: Pick<Store, 'kind' | 'db'>;
  /** This machine's clock. */
  clock: Clock;
  production: boolean;
  /** The clock of a try-out, which somebody may have moved on purpose. */
  moved?: Clock;
}

/** What the database is, whether this role may do what Rounds needs, and whether the two clocks agree. */
export function databasePart({ store, clock, production, moved }: DatabaseOptions): Part {
  return {
    name: 'database',
    look: async () => [
      await kindOf(store, production),
      await skewOf(store, clock),
      ...(moved ? movedBy(moved, clock) : []),
      ...(await rightsOf(store)),
    ],
  };
}

async function kindOf(store: Pick<Store, 'kind' | 'db'>, production: boolean): Promise<Found> {
  const { rows } = await sql<{ version: string; read_only: boolean }>`
    select current_setting('server_version') as version,
      pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only`.execute(store.db());
  const { version, read_only } = rows[0]!;
  const name = `PostgreSQL ${version.split(' ')[0]}`;
  if (read_only)
    return problem(`${name} takes no writes (a standby, or read-only)`, 'let DATABASE_URL name the primary');
  if (store.kind === 'server') return ok(name);
  const words = `the embedded database (${name}): one bot only, and not safe against a power loss`;
  return production ? warn(words, 'set DATABASE_URL to a PostgreSQL server') : ok(words);
}

/** The round trip is shared equally between the way there and back. */
async function skewOf(store: Pick<Store, 'db'>, clock: Clock): Promise<Found> {
  const sentMs = performance.now();
  const before = clock.now().getTime();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(store.db());
  const halfTripMs = (performance.now() - sentMs) / 2;
  const offMs = rows[0]!.now.getTime() - (before + halfTripMs);
  const size = Math.max(0, Math.abs(offMs) - halfTripMs);
  if (size <= skew.warnMs) return ok("this machine's clock agrees with the database's");
  const words = `this machine's clock is ${formatDuration(size)} ${offMs > 0 ? 'behind' : 'ahead of'} the database's`;
  const fix = 'let both machines take their time from NTP (timedatectl, chronyc tracking)';
  return size > skew.problemMs ? problem(words, fix) : warn(words, fix);
}

/** Times in answers are those of the moved clock. */
function movedBy(moved: Clock, clock: Clock): Found[] {
  const aheadMs = moved.now().getTime() - clock.now().getTime();
  const speed = moved.speed ?? 1;
  if (Math.abs(aheadMs) <= skew.warnMs && speed === 1) return [];
  const runs = speed > 1 ? ` and runs × ${speed}` : '';
  return [ok(`the workspace's clock was moved: it is ${formatDuration(Math.abs(aheadMs))} ahead${runs}`)];
}

/** The audit is read as a table and written by its function; the list of migrations is only read. */
function neededRights(table: string): string[] {
  return table.startsWith('audit_') || table === 'schema_migration'
    ? ['SELECT']
    : ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
}

interface Right {
  role: string;
  table: string;
  right: string;
  there: boolean;
  allowed: boolean;
}

/** The tables of the migrations, and those that the queue made in its own schema. */
async function rightsOf(store: Pick<Store, 'db'>): Promise<Found[]> {
  const migrations = await readMigrations();
  const named = (pattern: RegExp) =>
    migrations.flatMap(({ sql: text }) => [...text.matchAll(pattern)].map(([, name]) => name!));
  const dropped = new Set(named(/^drop table (?:if exists )?(\w+)/gim));
  const names = named(/^create table (?:if not exists )?(\w+)/gim).filter((name) => !dropped.has(name));
  const wanted = [...names, 'schema_migration'].flatMap((table) =>
    neededRights(table).map((right) => ({ table, right })),
  );
  const { rows } = await sql<Right>`
    with wanted as (
      select w.table, w.right, to_regclass(quote_ident(w.table)) as found
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w("table" text, "right" text)
      union all
      select 'pgboss.' || c.relname, r.right, c.oid::regclass
      from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'pgboss'
      cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as r ("right")
      where c.relkind in ('r', 'p') and not c.relispartition
    )
    select current_user::text as role, 'function audit_append' as "table", 'EXECUTE' as "right", true as there,
      has_function_privilege(p.oid, 'EXECUTE') as allowed
    from pg_proc p where p.proname = 'audit_append' and pg_function_is_visible(p.oid)
    union all
    select current_user::text, w.table, w.right, found is not null,
      coalesce(has_table_privilege(found, w.right), false)
    from wanted w order by 2, 3`.execute(store.db());
  const found = [...lackingOf(rows), ...missingOf(rows)];
  return found.length > 0 ? found : [ok(`the role ${rows[0]!.role} has the rights it needs`)];
}

function lackingOf(rows: readonly Right[]): Found[] {
  const lacking = rows.filter(({ there, allowed }) => there && !allowed);
  return [...Map.groupBy(lacking, ({ table }) => table)].map(([table, list]) => {
    const rights = list.map(({ right }) => right).join(', ');
    const role = list[0]!.role;
    return problem(`the role ${role} lacks ${rights} on ${table}`, `grant ${rights} on ${table} to ${role}`);
  });
}

function missingOf(rows: readonly Right[]): Found[] {
  const gone = [...new Set(rows.filter(({ there }) => !there).map(({ table }) => table))];
  if (gone.length === 0) return [];
  const fix = 'correct search_path of this role, or start Rounds: it makes its tables';
  return [problem(`tables are missing: ${gone.join(', ')}`, fix)];
}
