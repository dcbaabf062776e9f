-- What other tools report, for a person to say whether it is an incident. One row for as long as it comes and goes.
create table incident_proposal (
  id bigint generated always as identity primary key,
  -- alertmanager, pagerduty
  source text not null,
  -- Of the group of alerts, or of PagerDuty's incident: hashed, it may hold anything.
  key text not null,
  name text not null,
  systems text not null default '',
  details text not null default '',
  -- In the words of whoever reports it.
  severity text not null default '',
  url text,
  alerts integer not null default 1,
  -- How often it has come; it comes again when it was over for a short time.
  times integer not null default 1,
  since timestamptz not null,
  seen_at timestamptz not null,
  -- When it was over by itself; null = it goes on.
  over_at timestamptz,
  state text not null default 'open' check (state in ('open', 'declared', 'dismissed')),
  decided_at timestamptz,
  decided_by text,
  incident_id bigint references incident on delete set null,
  -- Counts the changes of what its message should say, and the version that it shows.
  version integer not null default 1,
  shown integer not null default 0,
  channel_id text,
  ts text
);
create index incident_proposal_key on incident_proposal (source, key, id);
