-- An incident from its declaration until it is resolved. Its number is what people call it: INC-42.
create table incident (
  id bigint generated always as identity primary key,
  -- What declared it: one submit, one command, one click is one incident.
  key text not null unique,
  title text not null,
  -- The name of the severity's file, and its label and urgency as they were then.
  severity text not null,
  label text not null,
  urgency text not null check (urgency in ('critical', 'error', 'warning', 'info')),
  systems text not null default '',
  known text not null default '',
  -- "Not sure" counts as yes.
  phi boolean not null default false,
  drill boolean not null default false,
  declared_at timestamptz not null,
  -- slack:U123, os:anna; and how a message names them.
  declared_by text not null,
  declared_by_mention text not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  -- How people are told of it by its severity and the time of day.
  way text not null check (way in ('page', 'email', 'slack')),
  -- Why nobody may have been paged, since when; null = no reason to think so.
  not_paged text,
  not_paged_at timestamptz,
  -- Of which moment the channel was told in a post of its own.
  not_paged_said timestamptz,
  -- Where that post stands, until it has been taken back.
  not_paged_channel text,
  not_paged_ts text,
  -- Counts the changes of what its message should say, and the version that it shows.
  version integer not null default 1,
  shown integer not null default 0,
  -- The channel it was declared in, and where its message stands.
  channel text,
  channel_id text,
  ts text
);
create index incident_open on incident (id) where resolved_at is null;

-- A page of an incident: one dedup key for PagerDuty, whatever is sent again.
create table incident_page (
  incident_id bigint not null references incident on delete cascade,
  n integer not null,
  dedup_key text not null unique,
  state text not null default 'sending' check (state in ('sending', 'accepted', 'refused')),
  attempts integer not null default 0,
  reason text,
  accepted_at timestamptz,
  primary key (incident_id, n)
);

-- What happened, in order.
create table incident_event (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incident on delete cascade,
  at timestamptz not null,
  kind text not null,
  by text not null,
  words text not null default ''
);
create index incident_event_incident on incident_event (incident_id, id);
