-- Open vulnerabilities that a scan elsewhere reported last, under the id of the check that waits for it.
create table heartbeat_findings (
  check_id text primary key references heartbeat on delete cascade,
  at timestamptz not null,
  -- A list; those that are gone stay for a while, so that one that comes back is as old as it is.
  findings jsonb not null
);
