import { first, type Part, secondsSince } from '../part.ts';

/** Ages, what holds them up, counters: H18, H20, H21. */
export const server: Part = {
  specs: {
    uptime_s: { type: 'number', unit: 's', help: 'since the server was started' },
    xid_age: {
      type: 'number',
      help: 'transactions since the oldest unfrozen one, of all databases; 2.1 billion is the end',
    },
    xid_age_database: { type: 'string', help: 'the database that has it' },
    mxid_age: { type: 'number', help: 'the same for multixacts' },
    mxid_age_database: { type: 'string', help: 'the database that has it' },
    xmin_held_s: {
      type: 'number',
      unit: 's',
      help: 'how long a session or a prepared transaction keeps vacuum from removing rows',
    },
    xmin_held_by: { type: 'string', help: 'what it is' },
    xmin_age: { type: 'number', help: 'transactions that vacuum is kept back by, slots and standbys too' },
    deadlocks: { type: 'number', help: 'deadlocks so far; null with track_counts off' },
    deadlocks_per_min: { type: 'number', unit: '/min', rate: true, help: 'growth of deadlocks' },
    checksums: { type: 'bool', help: 'whether data pages have checksums' },
    checksum_failures: { type: 'number', help: 'pages that failed theirs so far; null without checksums' },
    cache_hit_pct: {
      type: 'number',
      unit: '%',
      help: 'blocks that were in memory, since the statistics began',
      whyAbsent: () => 'no block was read yet',
    },
  },
  rules: {
    fail: [
      {
        when: 'xid_age >= 1300000000',
        say: 'transaction ids of {xid_age_database} are {xid_age} old (limit 1.3 billion): vacuum freeze it',
      },
      {
        when: 'mxid_age >= 1300000000',
        say: 'multixact ids of {mxid_age_database} are {mxid_age} old (limit 1.3 billion): vacuum freeze it',
      },
      {
        when: 'xmin_held_s >= 259200',
        say: 'vacuum is kept back for {xmin_held_s} (limit 259200 s) by {xmin_held_by}: end it',
      },
      {
        when: 'checksums && checksum_failures >= 1',
        say: '{checksum_failures} damaged pages: see pg_stat_database, check disk and backup',
      },
    ],
    warn: [
      {
        when: 'xid_age >= 646000000',
        say: 'transaction ids of {xid_age_database} are {xid_age} old (limit 646 million): see why autovacuum doesn’t freeze',
      },
      {
        when: 'mxid_age >= 646000000',
        say: 'multixact ids of {mxid_age_database} are {mxid_age} old (limit 646 million): see why autovacuum doesn’t freeze',
      },
      {
        when: 'xmin_held_s >= 86400',
        say: 'vacuum is kept back for {xmin_held_s} (limit 86400 s) by {xmin_held_by}: end it',
      },
      {
        when: 'deadlocks_per_min > 10',
        say: '{deadlocks_per_min} deadlocks a minute (limit 10): see the server’s log',
      },
    ],
  },
  sql: () => `
with holder as (
  select xact_start as since, greatest(age(backend_xmin), age(backend_xid)) as age,
    'pid ' || pid || coalesce(' ' || nullif(left(application_name, 40), ''), '') || ' (' || coalesce(usename, backend_type) || ')' as text
  from pg_stat_activity
  where (backend_xmin is not null or backend_xid is not null) and pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'
  union all
  select prepared, age(transaction), 'prepared transaction ' || left(gid, 40) from pg_prepared_xacts
  union all
  select null, greatest(age(xmin), age(catalog_xmin)), 'slot ' || slot_name from pg_replication_slots
), aged as (
  select datname, age(datfrozenxid) as xid, mxid_age(datminmxid) as mxid from pg_database
), held as (
  select coalesce(max(${secondsSince('since')}), 0) as held_s,
    coalesce(${first('text', { order: 'since', where: 'since is not null' })}, '') as held_by, coalesce(max(age), 0) as age
  from holder
)
select ${secondsSince('pg_postmaster_start_time()')} as uptime_s,
  max(xid) as xid_age, ${first('datname', { order: 'xid desc' })} as xid_age_database,
  max(mxid) as mxid_age, ${first('datname', { order: 'mxid desc' })} as mxid_age_database,
  (select held_s from held) as xmin_held_s, (select held_by from held) as xmin_held_by, (select age from held) as xmin_age,
  (select sum(deadlocks) from pg_stat_database where current_setting('track_counts')::bool) as deadlocks,
  current_setting('data_checksums') = 'on' as checksums,
  (select sum(checksum_failures) from pg_stat_database) as checksum_failures,
  (select round(100.0 * sum(blks_hit) / nullif(sum(blks_hit) + sum(blks_read), 0), 1) from pg_stat_database) as cache_hit_pct
from aged`,
};
