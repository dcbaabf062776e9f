-- What is known about each check.
create table check_state (
  check_id text primary key,
  -- As shown (blocked and muted applied), and since when.
  outcome text not null,
  since timestamptz not null,
  at timestamptz not null,
  -- As judged, before blocked and muted.
  report jsonb not null,
  -- The last judged outcome that was ok, warn or fail, and the rules that fired then: hysteresis compares with it.
  settled jsonb,
  -- Up to two measurements that succeeded, oldest first: rates start from them.
  samples jsonb not null,
  -- Whether people were told; null until the first regular run.
  open_state jsonb,
  -- Of type, target and rules: what was known of another check under this id says nothing about it.
  fingerprint text not null,
  every_ms bigint not null check (every_ms > 0),
  -- When a regular run measured it last, by the database's clock.
  regular_at timestamptz,
  -- When it was measured by the database's clock: the newest wins, whatever the clocks of the replicas say.
  recorded_at timestamptz not null default clock_timestamp()
);

-- Every measurement; kept 48 hours, then rolled up.
create table check_result (
  check_id text not null,
  at timestamptz not null,
  outcome text not null,
  duration_ms double precision not null,
  -- Null where nothing could be measured.
  facts jsonb,
  -- What each rule with a hold said of all the facts (these may be cut): true, false, or null = it can't be judged.
  said jsonb,
  fingerprint text
);
create index check_result_check_at on check_result (check_id, at);
-- Results come in the order of time: a block range index finds the old ones and costs a sweep nothing.
create index check_result_at on check_result using brin (at);

-- Counts per outcome: by the hour for 90 days, then by the day (UTC) for 2 years.
create table check_rollup (
  check_id text not null,
  period text not null check (period in ('hour', 'day')),
  bucket timestamptz not null,
  ok integer not null default 0,
  warn integer not null default 0,
  fail integer not null default 0,
  unknown integer not null default 0,
  blocked integer not null default 0,
  muted integer not null default 0,
  stale integer not null default 0,
  -- Time that its results speak for: ok or warn; and those with fail or unknown.
  up_ms bigint not null default 0,
  known_ms bigint not null default 0,
  primary key (check_id, period, bucket)
);
create index check_rollup_bucket on check_rollup (period, bucket);

-- Numeric facts of the same buckets.
create table check_rollup_fact (
  check_id text not null,
  period text not null check (period in ('hour', 'day')),
  bucket timestamptz not null,
  fact text not null,
  n integer not null,
  min double precision not null,
  max double precision not null,
  sum double precision not null,
  primary key (check_id, period, bucket, fact)
);
create index check_rollup_fact_bucket on check_rollup_fact (period, bucket);

-- Every change of an outcome; kept 400 days, at most 1,000 per check.
create table check_transition (
  id bigint generated always as identity primary key,
  check_id text not null,
  at timestamptz not null,
  -- Null: the first measurement of all.
  from_outcome text,
  to_outcome text not null,
  reason text not null
);
create index check_transition_check_at on check_transition (check_id, at desc);

-- Somebody's word that nobody need be told about a check or group for a while.
create table silence (
  id text primary key,
  -- A mute is of one check, from a button; maintenance is announced work.
  kind text not null check (kind in ('mute', 'maintenance')),
  target_kind text not null check (target_kind in ('group', 'check')),
  target text not null,
  -- Skipped checks are not measured, muted ones are and nobody is told.
  mode text not null check (mode in ('mute', 'skip')),
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  reason text,
  by_actor text not null,
  by_name text not null,
  by_mention text not null,
  request text not null,
  -- Before its time.
  ended_at timestamptz,
  ended_by text
);
create index silence_on on silence (until_at) where ended_at is null;
