-- What check types keep beyond a run, for all replicas: answers that were paid for, and how many were. A few rows a check.
create table check_kept (
  type text not null,
  key text not null,
  -- Of the last change.
  at timestamptz not null,
  -- Counts the changes: who has read an older one writes nothing.
  version integer not null default 1,
  value jsonb not null,
  primary key (type, key)
);
