-- What somebody has to do in an incident. Its number within the incident is what people call it: T1.
create table incident_task (
  incident_id bigint not null references incident on delete cascade,
  n integer not null,
  -- What added it: one submit, one command is one task.
  key text not null unique,
  what text not null,
  -- Null = nobody has it; slack:U123, os:anna, and how a message names them.
  assignee text,
  assignee_mention text,
  due_at timestamptz,
  -- Since when it is due then: how far ahead people are reminded follows from it.
  due_set_at timestamptz,
  -- How many of the reminders of this due time are done with.
  chased integer not null default 0,
  state text not null default 'open' check (state in ('open', 'done', 'dropped')),
  created_at timestamptz not null,
  created_by text not null,
  created_by_mention text not null,
  ended_at timestamptz,
  ended_by_mention text,
  -- Counts the changes of what its message should say, and the version that it shows.
  version integer not null default 1,
  shown integer not null default 0,
  channel_id text,
  ts text,
  primary key (incident_id, n)
);
create index incident_task_assignee on incident_task (assignee) where state = 'open';
