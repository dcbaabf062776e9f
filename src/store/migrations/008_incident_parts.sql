-- What an incident is about, who may see it, and how far it has come.
alter table incident
  -- security, backup, database …: one of those that the dialog offers; empty = not said.
  add column type text not null default '',
  -- Seen by its members alone.
  add column private boolean not null default false,
  -- What it was declared from: a message, a check, an alert; as it was then.
  add column origin jsonb,
  add column acknowledged_by_id text,
  add column mitigated_at timestamptz,
  add column mitigated_by text,
  add column paused_at timestamptz,
  add column paused_by text,
  -- Null = until somebody goes on with it.
  add column paused_until timestamptz,
  -- The incident that it was found to be the same as.
  add column merged_into bigint references incident,
  -- When the next update is due.
  add column next_update_at timestamptz,
  -- Its own channel.
  add column home_id text,
  add column home_name text;
create unique index incident_home on incident (home_id) where home_id is not null;

alter table incident_event
  -- `at` is when it happened, which people may say later.
  add column recorded_at timestamptz not null default clock_timestamp(),
  add column data jsonb;

-- Who has which role; one has it at a time.
create table incident_role (
  incident_id bigint not null references incident on delete cascade,
  role text not null,
  person text not null,
  mention text not null,
  since timestamptz not null,
  primary key (incident_id, role)
);

-- Who is in an incident: those who see a private one.
create table incident_member (
  incident_id bigint not null references incident on delete cascade,
  person text not null,
  mention text not null,
  primary key (incident_id, person)
);
