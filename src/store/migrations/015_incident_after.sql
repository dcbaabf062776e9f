-- What people said of an incident when it was over; gone when it is reopened.
alter table incident
  add column cause text not null default '',
  add column prevention text not null default '',
  -- When the harm ended, which may be before it was resolved; null = not said.
  add column ended_at timestamptz,
  add column false_alarm boolean not null default false,
  -- As `declared_by`; null = not known, or nobody.
  add column resolved_by_id text;
create index incident_declared on incident (declared_at);

-- What is to be written once an incident is over: the report, the post-mortem. One each.
create table incident_paper (
  incident_id bigint not null references incident on delete cascade,
  kind text not null check (kind in ('report', 'postmortem')),
  -- Null = nobody asked for it, it was written nevertheless.
  due_at timestamptz,
  -- Of which planned moment people were reminded last.
  reminded_at timestamptz,
  state text not null default 'due' check (state in ('due', 'done', 'none')),
  closed_at timestamptz,
  closed_by text,
  link text not null default '',
  -- Why there is none.
  reason text not null default '',
  primary key (incident_id, kind)
);
create index incident_paper_due on incident_paper (due_at) where state = 'due';

-- What is to be done so that it doesn't happen again.
create table incident_followup (
  id bigint generated always as identity primary key,
  -- One submit, one command is one follow-up.
  key text not null unique,
  incident_id bigint not null references incident on delete cascade,
  words text not null,
  -- slack:U123, or as it was written: @dba; and how a message names them.
  owner text not null,
  owner_mention text not null,
  due_at timestamptz not null,
  reminded_at timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  state text not null default 'open' check (state in ('open', 'done', 'dropped')),
  closed_at timestamptz,
  closed_by text,
  reason text not null default ''
);
create index incident_followup_incident on incident_followup (incident_id);
create index incident_followup_open on incident_followup (due_at) where state = 'open';
