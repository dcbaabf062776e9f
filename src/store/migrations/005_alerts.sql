-- One message in a channel, with its thread: what it should say is in alert_problem, what was posted is here.
create table alert_notice (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('problems', 'announcement')),
  -- As configured: an id or #name.
  channel text not null,
  -- Several problems at once: it takes in more while they keep coming.
  grouped boolean not null default false,
  -- Of an announcement: it is made once.
  key text unique,
  content jsonb,
  opened_at timestamptz not null,
  -- Nothing it tells of is open any more.
  closed_at timestamptz,
  -- Counts the changes of what it should say.
  version integer not null default 1,
  -- The version that the message shows, and the one up to which its thread has told the steps.
  shown integer not null default 0,
  said integer not null default 0,
  -- A post of this version has begun, and nobody knows yet whether it is there.
  posting integer,
  saying integer,
  -- When the last of such posts was sent off, by the database's clock: until Slack's patience is over it may still arrive.
  begun_at timestamptz,
  -- Where the message stands.
  channel_id text,
  ts text,
  -- Posts of its thread that the channel shows and that still call for somebody: [{ts, what: [{checkId, outcome, reason}]}].
  standing jsonb not null default '[]',
  -- Somebody deleted it.
  gone boolean not null default false
);
create index alert_notice_channel on alert_notice (channel, opened_at);
create index alert_notice_closed_at on alert_notice (closed_at);

-- From the moment people are told about a check until it is over.
create table alert_problem (
  id bigint generated always as identity primary key,
  check_id text not null,
  notice_id uuid not null references alert_notice on delete cascade,
  opened_at timestamptz not null,
  -- When it went wrong and when it was good again, as measured.
  began_at timestamptz not null,
  ended_at timestamptz,
  ending text check (ending in ('ok', 'removed')),
  worst text not null,
  -- What was found last while it was not ok.
  said jsonb not null,
  -- Set while it is muted: since when, until when, by whom, the mute's id, and that it ended well.
  muted jsonb
);
create unique index alert_problem_open on alert_problem (check_id) where ended_at is null;
create index alert_problem_check_id on alert_problem (check_id, opened_at);
create index alert_problem_opened_at on alert_problem (opened_at);
create index alert_problem_notice_id on alert_problem (notice_id);

-- What the thread of a message has to tell.
create table alert_step (
  notice_id uuid not null references alert_notice on delete cascade,
  version integer not null,
  check_id text not null,
  kind text not null,
  -- People must see it now: it is shown in the channel too.
  notify boolean not null,
  step jsonb not null,
  primary key (notice_id, version, check_id)
);
