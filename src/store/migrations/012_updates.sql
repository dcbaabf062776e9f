-- What people were told of an incident, numbered.
create table incident_update (
  incident_id bigint not null references incident on delete cascade,
  n integer not null,
  -- What wrote it: one submit, one command, one click is one update.
  key text not null unique,
  at timestamptz not null,
  by text not null,
  by_mention text not null,
  status text not null,
  done text not null default '',
  next text not null default '',
  eta text not null default '',
  -- Written by "no change": it says nothing new.
  unchanged boolean not null default false,
  -- When it said that the next one comes; null = none was promised.
  next_at timestamptz,
  primary key (incident_id, n)
);

-- When somebody is reminded of the next update (incident.next_update_at): before it is due, and again after.
create table incident_reminder (
  incident_id bigint primary key references incident on delete cascade,
  remind_at timestamptz not null
);

-- Somebody who must be told in time, or (`response`) the time within which somebody must be at work on it.
create table incident_clock (
  incident_id bigint not null references incident on delete cascade,
  key text not null,
  who text not null,
  how text not null default '',
  decides text not null default '',
  from_at timestamptz not null,
  due_at timestamptz not null,
  -- `dropped`: by another severity, or without PHI, nobody has to be told any more.
  state text not null default 'due' check (state in ('due', 'done', 'dropped')),
  done_at timestamptz,
  done_by text,
  done_by_mention text,
  note text not null default '',
  -- When people were reminded, and told that its time was over.
  reminded_at timestamptz,
  overdue_at timestamptz,
  primary key (incident_id, key)
);

-- The one message that shows them: what it should show, what it shows, and where it stands.
create table incident_clock_board (
  incident_id bigint primary key references incident on delete cascade,
  version integer not null default 1,
  shown integer not null default 0,
  channel text,
  ts text
);

-- Who gets every update as a direct message.
create table incident_subscription (
  incident_id bigint not null references incident on delete cascade,
  person text not null,
  mention text not null,
  since timestamptz not null,
  primary key (incident_id, person)
);
create index incident_subscription_person on incident_subscription (person);
