/** A member of it, as every member of pg_monitor is, sees other sessions' rows as they are; nobody else does. */
export const statisticsRole = 'pg_read_all_stats';

/** Counters of databases, tables and the server: everybody sees all of them. */
const open =
  /^(database|database_conflicts|(xact_)?(all|sys|user)_(tables|indexes|functions)|bgwriter|checkpointer|archiver|wal|io|slru|replication_slots|subscription_stats)$/;

/**
 * Whether a query names statistics in which PostgreSQL blanks what belongs to other users: `pg_stat_activity`,
 * `pg_stat_replication`, `pg_stat_statements`… Such rows read as null, and a count over them as 0. A name that is not
 * known to be open counts as masked. Pure.
 */
export function readsMaskedStatistics(sql: string): boolean {
  return [...sql.matchAll(/\bpg_stat_(\w+)/gi)].some(([, name]) => !open.test((name ?? '').toLowerCase()));
}
