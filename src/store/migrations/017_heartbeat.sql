-- What jobs elsewhere report of their runs, under the id of the check that waits for it.
create table heartbeat (
  check_id text primary key,
  -- Since when reports are waited for.
  since timestamptz not null,
  -- The last run that ended well: when, and when it had begun if it said so. Stays when its row below is gone.
  ok_at timestamptz,
  ok_started_at timestamptz
);

-- The last runs of each.
create table heartbeat_run (
  id bigint generated always as identity primary key,
  check_id text not null references heartbeat on delete cascade,
  -- As the job calls it; '' = it doesn't.
  run text not null default '',
  started_at timestamptz,
  ended_at timestamptz,
  -- Null = it is on its way; lost = it never said how it ended, and a later one did.
  outcome text check (outcome in ('ok', 'fail', 'lost')),
  exit_code integer,
  message text not null default ''
);
create index heartbeat_run_check_id on heartbeat_run (check_id, id);
create unique index heartbeat_run_run on heartbeat_run (check_id, run) where run <> '';
