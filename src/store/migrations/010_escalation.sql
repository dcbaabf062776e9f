-- Pages up to this one are from before the incident was reopened or raised: what becomes of them counts no more.
alter table incident add column old_pages integer not null default 0;
alter table incident_page add column made_at timestamptz not null default clock_timestamp();

-- A page that was sent through the second routing key as well, since the first did not confirm it.
create table incident_second_page (
  incident_id bigint not null references incident on delete cascade,
  n integer not null,
  dedup_key text not null unique,
  state text not null default 'sending' check (state in ('sending', 'accepted', 'refused')),
  reason text,
  accepted_at timestamptz,
  primary key (incident_id, n)
);

-- The levels of an escalation as they were planned; each fires once. Those of an earlier plan that did not fire are gone.
create table incident_level (
  incident_id bigint not null references incident on delete cascade,
  plan integer not null,
  level integer not null,
  -- How many levels the plan has.
  levels integer not null,
  way text not null check (way in ('slack', 'email', 'sms', 'phone', 'page')),
  recipients jsonb not null,
  due_at timestamptz not null,
  fired_at timestamptz,
  primary key (incident_id, plan, level)
);

-- What goes to one address outside Slack: an e-mail, a text message, a call.
create table incident_notice (
  incident_id bigint not null references incident on delete cascade,
  key text not null,
  why text not null check (why in ('fallback', 'level', 'told')),
  way text not null check (way in ('email', 'sms', 'phone')),
  address text not null,
  -- Whose it is, for messages.
  name text not null,
  state text not null default 'sending' check (state in ('sending', 'sent', 'failed', 'void')),
  -- Why it was not sent, or not at once.
  reason text,
  primary key (incident_id, key)
);

-- Who is, or was, on call, kept for the hour in which PagerDuty can't be asked.
create table on_call (
  user_id text not null,
  policy_id text not null,
  schedule_id text not null,
  level integer not null,
  name text not null,
  email text,
  phones jsonb not null default '[]',
  -- What the last answer said of them; else they were on call at some time before.
  current boolean not null,
  seen_at timestamptz not null,
  phones_at timestamptz,
  primary key (user_id, policy_id, schedule_id, level)
);
create table on_call_asked (
  only_one boolean primary key default true check (only_one),
  answered_at timestamptz,
  problem text
);

-- A page that proves the way to a person's acknowledgement.
create table page_test (
  n bigint generated always as identity primary key,
  started_at timestamptz not null,
  by text not null,
  mention text not null,
  channel text,
  state text not null default 'sending' check (state in ('sending', 'accepted', 'passed', 'failed')),
  reason text,
  accepted_at timestamptz,
  acknowledged_by text,
  ended_at timestamptz
);
create unique index page_test_running on page_test ((true)) where state in ('sending', 'accepted');
