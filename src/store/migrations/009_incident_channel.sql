-- Posts about an incident, each by its key: begun before it is sent, so that whoever comes after looks before it is sent again.
create table incident_post (
  incident_id bigint not null references incident on delete cascade,
  key text not null,
  -- Since when it may be on its way, and where to; null = nothing is.
  begun_at timestamptz,
  begun_channel text,
  begun_thread text,
  channel_id text,
  ts text,
  primary key (incident_id, key)
);

-- Why nothing can be posted to its own channel, or why it has none; null = it can, or there is none yet.
alter table incident add column home_problem text;

-- How far the channel of an incident has come.
create table incident_channel (
  incident_id bigint primary key references incident on delete cascade,
  -- The name it has or shall have: of one incident alone, so that a channel of that name is nobody else's.
  name text not null unique,
  -- How many names were tried: Slack keeps those of archived channels.
  tries integer not null default 1,
  -- Since when a channel of that name may be in the making; null = none is.
  begun_at timestamptz,
  topic text,
  -- PagerDuty was asked who is on call.
  on_call_asked boolean not null default false,
  summary_ts text,
  summary_shown integer not null default 0,
  pinned_ts text,
  notified boolean not null default false,
  -- The severity whose runbooks and checklists were offered.
  offered text,
  archive_due boolean not null default false,
  archived boolean not null default false,
  -- What Slack refuses for good, by step, and its word.
  refused jsonb not null default '{}'
);

-- Who is asked into the channel, each once.
create table incident_channel_person (
  incident_id bigint not null references incident on delete cascade,
  person text not null,
  state text not null check (state in ('wanted', 'invited', 'refused')),
  primary key (incident_id, person)
);

-- Bookmarks of the channel, each once.
create table incident_channel_link (
  incident_id bigint not null references incident on delete cascade,
  url text not null,
  title text not null,
  state text not null default 'wanted' check (state in ('wanted', 'there', 'refused')),
  primary key (incident_id, url)
);
