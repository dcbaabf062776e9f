import type { FactSpec } from '../../../kernel/check.ts';
import { listed, type Part, secondsSince } from '../part.ts';

const onStandby = (help: string, unit?: string): FactSpec => ({
  type: 'number',
  unit,
  help,
  whyAbsent: ({ standby }) => (standby === false ? 'it is no standby' : undefined),
});

/** Where WAL goes to and where it comes from: H19. */
export const replication: Part = {
  specs: {
    lag_s: onStandby(
      'of a standby: age of the last transaction that it replayed; 0 while all that it received is',
      's',
    ),
    lag_bytes: onStandby('of a standby: received and not replayed', 'bytes'),
    receiver: {
      type: 'string',
      help: 'of a standby: streaming; down = it should stream and doesn’t; none = it is fed from an archive; empty on a primary',
    },
    replay_paused: { type: 'bool', help: 'a standby whose replay somebody paused' },
    replicas: { type: 'number', help: 'standbys that stream from it' },
    subscribers: { type: 'number', help: 'readers of logical replication' },
    replicas_lag_s: {
      type: 'number',
      unit: 's',
      help: 'the slowest of both',
      whyAbsent: ({ replicas, subscribers }) =>
        replicas === 0 && subscribers === 0 ? 'nothing streams from it' : undefined,
    },
    replicas_lag_bytes: {
      type: 'number',
      unit: 'bytes',
      help: 'written here and not replayed there, the most of both',
      whyAbsent: ({ replicas, subscribers }) =>
        replicas === 0 && subscribers === 0 ? 'nothing streams from it' : undefined,
    },
    replicas_behind: { type: 'list', help: 'those that are more than 1 MiB behind' },
    slots_retained_bytes: { type: 'number', unit: 'bytes', help: 'most WAL that one slot keeps; 0 without slots' },
  },
  rules: {
    fail: [
      {
        when: 'replication_read && receiver == "down"',
        say: 'it receives nothing from its primary: see the server’s log',
      },
      { when: 'replication_read && standby && lag_s >= 60', say: 'the standby is {lag_s} behind (limit 60 s)' },
      {
        when: 'replication_read && replicas + subscribers > 0 && replicas_lag_s >= 60',
        say: 'a standby is {replicas_lag_s} behind (limit 60 s): {replicas_behind}',
      },
    ],
    warn: [
      { when: 'replication_read && standby && lag_s >= 5', say: 'the standby is {lag_s} behind (limit 5 s)' },
      {
        when: 'replication_read && standby && receiver != "none" && lag_bytes > 1048576',
        say: 'the standby has {lag_bytes} to replay (limit 1 MiB)',
      },
      { when: 'replication_read && replay_paused', say: 'replay is paused: pg_wal_replay_resume goes on' },
      {
        when: 'replication_read && replicas + subscribers > 0 && replicas_lag_s >= 5',
        say: 'a standby is {replicas_lag_s} behind (limit 5 s): {replicas_behind}',
      },
      {
        when: 'replication_read && replicas + subscribers > 0 && replicas_lag_bytes > 1048576',
        say: 'standbys are behind (limit 1 MiB): {replicas_behind}',
      },
    ],
  },
  // A mere receiver of WAL replays nothing: it is no standby.
  sql: ({ standby }) => {
    const written = standby ? 'coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())' : 'pg_current_wal_lsn()';
    const behind = `pg_wal_lsn_diff(${written}, replay_lsn)`;
    const streaming = `coalesce((select status = 'streaming' from pg_stat_wal_receiver), false)`;
    const wanted = `coalesce((select setting <> '' from pg_settings where name = 'primary_conninfo'), false)`;
    const replayed = 'pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()';
    const own = standby
      ? `case when ${streaming} and ${replayed} then 0 else ${secondsSince('pg_last_xact_replay_timestamp()')} end as lag_s,
  greatest(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0) as lag_bytes,
  case when ${streaming} then 'streaming' when ${wanted} then 'down' else 'none' end as receiver,
  pg_is_wal_replay_paused() as replay_paused`
      : `null as lag_s, null as lag_bytes, '' as receiver, false as replay_paused`;
    return `
with replica as (
  select coalesce(nullif(left(application_name, 40), ''), host(client_addr), 'local') as name, greatest(${behind}, 0) as bytes,
    coalesce(extract(epoch from replay_lag), case when replay_lsn = sent_lsn then 0 end) as seconds,
    pid in (select active_pid from pg_replication_slots where slot_type = 'logical') as logical
  from pg_stat_replication where state in ('streaming', 'catchup') and replay_lsn is not null
)
select ${own}, count(*) filter (where not coalesce(logical, false)) as replicas,
  count(*) filter (where logical) as subscribers, round(max(seconds)::numeric, 1) as replicas_lag_s, max(bytes) as replicas_lag_bytes,
  ${listed(`name || ' ' || pg_size_pretty(bytes)`, { order: 'bytes desc', where: 'bytes > 1048576' })} as replicas_behind,
  (select coalesce(max(greatest(pg_wal_lsn_diff(${written}, restart_lsn), 0)), 0) from pg_replication_slots) as slots_retained_bytes
from replica`;
  },
};
