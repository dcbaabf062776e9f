-- What was posted, or may be on its way, about whatever has messages of its own: `incident/42`, `report/7`, `checklist/3`.
create table posting (
  topic text not null,
  key text not null,
  -- Since when it may be on its way, and where to; null = nothing is.
  begun_at timestamptz,
  begun_channel text,
  begun_thread text,
  channel_id text,
  ts text,
  primary key (topic, key)
);
insert into posting (topic, key, begun_at, begun_channel, begun_thread, channel_id, ts)
  select 'incident/' || incident_id, key, begun_at, begun_channel, begun_thread, channel_id, ts from incident_post;
drop table incident_post;

-- Reports as they were made: for "yesterday", and for export. `slot` is null for one that somebody asked for.
create table report (
  id bigint generated always as identity primary key,
  name text not null,
  slot timestamptz,
  -- From when on it tells: where the report before it ended.
  from_at timestamptz not null,
  made_at timestamptz not null,
  asked_by text,
  previous_id bigint references report on delete set null,
  title text not null,
  verdict text not null,
  -- The sections, as src/reports/model.ts has them.
  content jsonb not null,
  -- How and where it goes, as its file said then.
  plan jsonb not null,
  version integer not null default 1,
  shown integer not null default 0,
  channel_id text,
  ts text,
  posted_at timestamptz,
  -- Why it could not be posted when that was tried last.
  problem text,
  unique (name, slot)
);
create index report_newest on report (name, made_at desc);

-- What people did with what reports name, by the thing it is about: `check/main-db`, `followup/7`.
create table report_item (
  key text primary key,
  first_at timestamptz not null,
  acknowledged_by text,
  acknowledged_at timestamptz,
  snoozed_by text,
  snoozed_until timestamptz
);
