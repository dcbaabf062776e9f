import type { FactSpec } from '../../../kernel/check.ts';
import { listed, type Part, secondsSince } from '../part.ts';

const notOnPrimary = (standby: unknown) => (standby === false ? 'it is no standby' : undefined);
const onStandby = (help: string, unit?: string): FactSpec => ({
  type: 'number',
  unit,
  help,
  whyAbsent: ({ standby }) => notOnPrimary(standby),
});

const ofPrimary = `null as lag_s, null as lag_bytes, null as apply_delay_s, null as heard_s, '' as receiver, false as replay_paused`;

/**
 * Status stays `streaming` while the primary is frozen. A receiver asks a primary that says nothing after half of
 * wal_receiver_timeout; one that asks later, or never, can't tell a frozen primary from an idle one.
 */
const receiver = `heard as (
  select status = 'streaming' as streams, ${secondsSince('last_msg_receipt_time')} as heard_s from pg_stat_wal_receiver
), setting as (
  select extract(epoch from current_setting('recovery_min_apply_delay')::interval) as delay_s,
    extract(epoch from current_setting('wal_receiver_timeout')::interval) between 1 and 90 as asks,
    coalesce((select setting <> '' from pg_settings where name = 'primary_conninfo'), false) as wanted
), receiver as (
  select delay_s, heard_s, case when not coalesce(streams, false) then case when wanted then 'down' else 'none' end
    when coalesce(heard_s < 60, false) then 'streaming' when asks then 'down' else 'silent' end as state
  from setting left join heard on true
)`;

const caughtUp = 'pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()';
/** It waits on purpose: the commit that is next may be much younger than the one that was last. */
const delayed = `exists (select from pg_stat_activity where backend_type = 'startup' and wait_event = 'RecoveryApplyDelay')`;
const lag = `case when state = 'silent' then null when ${delayed} or state = 'streaming' and ${caughtUp} then 0
    else greatest(${secondsSince('pg_last_xact_replay_timestamp()')} - delay_s, 0) end`;
const ofStandby = `(select ${lag} from receiver) as lag_s,
  greatest(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0) as lag_bytes,
  (select delay_s from receiver) as apply_delay_s, (select heard_s from receiver) as heard_s,
  (select state from receiver) as receiver, pg_is_wal_replay_paused() as replay_paused`;

/** Where WAL goes to and where it comes from: H19. */
export const replication: Part = {
  specs: {
    lag_s: {
      type: 'number',
      unit: 's',
      help: 'of a standby: age of the last transaction that it replayed, beyond `apply_delay_s`; 0 while all that it received, or may replay yet, is; null while `receiver` is silent',
      whyAbsent: ({ standby, receiver, heard_s }) =>
        receiver === 'silent'
          ? `nothing came from its primary for ${heard_s} s, which may be idle or frozen: set wal_receiver_timeout to 60 s or less, so that it asks`
          : notOnPrimary(standby),
    },
    lag_bytes: onStandby('of a standby: received and not replayed', 'bytes'),
    apply_delay_s: onStandby('of a standby: recovery_min_apply_delay, by which it is behind on purpose', 's'),
    heard_s: onStandby('of a standby that streams: since the last message of its primary', 's'),
    receiver: {
      type: 'string',
      help: 'of a standby: streaming; silent = it heard nothing for a minute and never asked; down = it should stream and doesn’t; none = it is fed from an archive; empty on a primary',
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
        when: 'replication_read && standby && receiver != "none" && apply_delay_s == 0 && lag_bytes > 1048576',
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
    const own = standby ? ofStandby : ofPrimary;
    return `
with ${standby ? `${receiver}, ` : ''}replica as (
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
