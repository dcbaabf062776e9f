import { listed, type Part, secondsSince } from '../part.ts';

/** Tables, indexes and size of one database: H20, H21. */
export const objects: Part = {
  specs: {
    size_bytes: { type: 'number', unit: 'bytes', help: 'size of the databases that are read' },
    size_bytes_per_day: { type: 'number', unit: 'bytes', rate: true, help: 'how much they grow a day' },
    invalid_indexes: { type: 'list', help: 'indexes that a failed build left behind, without those being built' },
    dead_tables: {
      type: 'list',
      help: 'tables with more than 1,000 dead rows that are more than 20 %: `public.visits 35 %`',
    },
    vacuum_age_s: {
      type: 'number',
      unit: 's',
      help: 'longest time since a table with more than 1,000 dead rows was vacuumed; 0 without such a table',
    },
    never_vacuumed: { type: 'list', help: 'tables with more than 1,000 dead rows that never were' },
    unused_indexes: {
      type: 'list',
      help: 'indexes over 1 MiB that no query used since the statistics began and no constraint needs',
    },
  },
  rules: {
    warn: [
      {
        when: 'size(invalid_indexes) > 0',
        say: 'invalid indexes: {invalid_indexes}; drop them, or reindex index concurrently',
      },
    ],
  },
  sql: () => `
with grown as materialized (
  select schemaname || '.' || relname as name, n_dead_tup as dead, 100 * n_dead_tup / greatest(n_live_tup + n_dead_tup, 1) as pct,
    greatest(last_vacuum, last_autovacuum) as vacuumed
  from pg_stat_user_tables where n_dead_tup > 1000
), invalid as (
  select n.nspname || '.' || c.relname as name
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where not i.indisvalid and c.relkind = 'i'
    and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
), unused as (
  select s.schemaname || '.' || s.indexrelname as name, c.relpages from pg_stat_user_indexes s
  join pg_index i using (indexrelid) join pg_class c on c.oid = s.indexrelid
  where s.idx_scan = 0 and not i.indisunique and c.relpages * current_setting('block_size')::bigint > 1048576
    and not exists (select from pg_constraint k where k.conindid = s.indexrelid)
)
select pg_database_size(current_database()) as size_bytes,
  (select ${listed('name', { order: 'name' })} from invalid) as invalid_indexes,
  (select ${listed(`name || ' ' || pct || ' %'`, { order: 'dead desc', where: 'pct > 20' })} from grown) as dead_tables,
  (select coalesce(max(${secondsSince('vacuumed')}), 0) from grown) as vacuum_age_s,
  (select ${listed('name', { order: 'dead desc', where: 'vacuumed is null' })} from grown) as never_vacuumed,
  (select ${listed('name', { order: 'relpages desc' })} from unused) as unused_indexes`,
};
