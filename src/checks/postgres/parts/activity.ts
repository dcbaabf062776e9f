import type { FactSpec } from '../../../kernel/check.ts';
import { first, listed, type Part, secondsSince } from '../part.ts';

/** Without it a session shows no state and no query. */
const hidden = (help: string, unit?: string): FactSpec => ({
  type: 'number',
  unit,
  help,
  whyAbsent: ({ untracked }) =>
    Number(untracked) > 0 ? `${untracked} sessions have track_activities off: turn it on` : undefined,
});

/** Sessions: H18. */
export const activity: Part = {
  specs: {
    connections: { type: 'number', help: 'sessions of clients, this check’s own too' },
    connections_max: { type: 'number', help: 'sessions that users without privileges can open' },
    connections_pct: { type: 'number', unit: '%', help: 'share of `connections_max`' },
    connections_active: hidden('sessions with a query that runs, without this check’s own'),
    connections_idle: hidden('sessions that wait for a query'),
    connections_idle_in_transaction: hidden('sessions that wait inside a transaction'),
    idle_10m: hidden('sessions idle for more than 10 min'),
    applications: { type: 'list', help: 'sessions by application, most first: `shop: 12, 3 active`' },
    longest_query_s: hidden('longest query that runs', 's'),
    longest_query_by: { type: 'string', help: 'its session: process, application, user' },
    longest_transaction_s: hidden('oldest open transaction', 's'),
    longest_transaction_by: { type: 'string', help: 'its session' },
    idle_in_transaction_s: hidden('longest wait inside a transaction', 's'),
    idle_in_transaction_by: { type: 'string', help: 'its session' },
    lock_wait_s: { type: 'number', unit: 's', help: 'longest wait for a lock' },
    lock_wait_by: { type: 'string', help: 'who waits for whom' },
    untracked: { type: 'number', help: 'sessions with track_activities off, of which nothing can be seen' },
  },
  rules: {
    fail: [
      {
        when: 'connections_pct >= 90',
        say: '{connections} of {connections_max} connections in use (limit 90 %): {applications}',
      },
      {
        when: 'longest_query_s >= 3600',
        say: 'a query has run for {longest_query_s} (limit 3600 s): {longest_query_by}; pg_cancel_backend ends it',
      },
      {
        when: 'idle_in_transaction_s >= 1800',
        say: 'a session is idle in a transaction for {idle_in_transaction_s} (limit 1800 s): {idle_in_transaction_by}; pg_terminate_backend ends it',
      },
      {
        when: 'lock_wait_s >= 120',
        say: 'a session has waited {lock_wait_s} for a lock (limit 120 s): {lock_wait_by}; end the one that holds it',
      },
    ],
    warn: [
      {
        when: 'connections_pct >= 80',
        say: '{connections} of {connections_max} connections in use (limit 80 %): {applications}',
      },
      { when: 'longest_query_s >= 60', say: 'a query has run for {longest_query_s} (limit 60 s): {longest_query_by}' },
      {
        when: 'idle_in_transaction_s >= 300',
        say: 'a session is idle in a transaction for {idle_in_transaction_s} (limit 300 s): {idle_in_transaction_by}',
      },
      { when: 'lock_wait_s >= 60', say: 'a session has waited {lock_wait_s} for a lock (limit 60 s): {lock_wait_by}' },
    ],
    clear: [{ when: 'connections_pct < 70' }],
  },
  sql: ({ major }) => {
    const who = `'pid ' || pid || coalesce(' ' || nullif(left(application_name, 40), ''), '') || ' (' || coalesce(usename, '') || ')'`;
    const other = 'pid <> pg_backend_pid()';
    const running = `state = 'active' and ${other}`;
    const waits = `state like 'idle in transaction%'`;
    const open = `xact_start is not null and ${other}`;
    const seen = (value: string) => `case when untracked = 0 then ${value} end`;
    return `
with session as materialized (
  select pid, state, application_name, usename, query_start, xact_start, state_change
  from pg_stat_activity where backend_type = 'client backend'
), counted as (
  select count(*) as connections, count(*) filter (where ${running}) as active,
    count(*) filter (where state = 'idle') as idle, count(*) filter (where ${waits}) as in_transaction,
    count(*) filter (where state = 'idle' and state_change < clock_timestamp() - interval '10 min') as idle_10m,
    count(*) filter (where state = 'disabled') as untracked,
    coalesce(max(${secondsSince('query_start')}) filter (where ${running}), 0) as query_s,
    coalesce(${first(who, { order: 'query_start', where: running })}, '') as query_by,
    coalesce(max(${secondsSince('xact_start')}) filter (where ${open}), 0) as transaction_s,
    coalesce(${first(who, { order: 'xact_start', where: open })}, '') as transaction_by,
    coalesce(max(${secondsSince('state_change')}) filter (where ${waits}), 0) as waits_s,
    coalesce(${first(who, { order: 'state_change', where: waits })}, '') as waits_by
  from session
), places as (
  select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) as most
), application as (
  select coalesce(nullif(left(application_name, 40), ''), 'no name') as name, count(*) as sessions,
    count(*) filter (where ${running}) as active, count(*) filter (where ${waits}) as in_transaction
  from session group by 1
), waiting as (
  select pid, ${major >= 14 ? 'min(waitstart)' : 'null::timestamptz'} as since from pg_locks where not granted group by pid
), lock as (
  select ${secondsSince('coalesce(since, query_start)')} as waited_s,
    ${who} || ' waits for pid ' || coalesce(nullif(array_to_string((pg_blocking_pids(pid))[:3], ', pid '), ''), '?') as text
  from waiting left join pg_stat_activity using (pid) order by 1 desc nulls last limit 1
)
select connections, most as connections_max, round(100.0 * connections / greatest(most, 1), 1) as connections_pct,
  ${seen('active')} as connections_active, ${seen('idle')} as connections_idle,
  ${seen('in_transaction')} as connections_idle_in_transaction, ${seen('idle_10m')} as idle_10m,
  (select ${listed(`name || ': ' || sessions || case when active > 0 then ', ' || active || ' active' else '' end || case when in_transaction > 0 then ', ' || in_transaction || ' idle in transaction' else '' end`, { order: 'sessions desc, name' })} from application) as applications,
  ${seen('query_s')} as longest_query_s, query_by as longest_query_by,
  ${seen('transaction_s')} as longest_transaction_s, transaction_by as longest_transaction_by,
  ${seen('waits_s')} as idle_in_transaction_s, waits_by as idle_in_transaction_by,
  coalesce((select waited_s from lock), 0) as lock_wait_s, coalesce((select text from lock), '') as lock_wait_by, untracked
from counted, places`;
  },
};
