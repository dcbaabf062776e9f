import { describe, expect, it } from 'vitest';
import { readsMaskedStatistics } from '../../../src/checks/postgres-query/masked.ts';

describe('statistics that PostgreSQL blanks for others', () => {
  it.each([
    'select 1 from pg_stat_activity',
    'select 1 from pg_catalog."PG_STAT_Replication"',
    'select 1 from pg_stat_database join pg_stat_get_activity(null) on true',
    'select query from pg_stat_statements',
    'select 1 from pg_stat_progress_vacuum',
  ])('%s', (sql) => {
    expect(readsMaskedStatistics(sql)).toBe(true);
  });

  it.each([
    'select deadlocks from pg_stat_database',
    'select n_dead_tup from pg_stat_user_tables',
    'select 1 from PG_STAT_BGWRITER',
    'select count(*) from pg_locks',
    'select count(*) from my_pg_statistics',
  ])('not: %s', (sql) => {
    expect(readsMaskedStatistics(sql)).toBe(false);
  });
});
