-- Deliveries from Slack that were taken: a second one of the same key, on any replica, has no effect.
create table slack_seen (
  key text primary key,
  expires_at timestamptz not null
);
create index slack_seen_expires_at on slack_seen (expires_at);

-- Answers being refreshed in a channel. A row whose process died is found by `alive_at` and its message is ended.
create table slack_answer (
  key text primary key,
  channel text not null,
  ts text,
  thread_ts text,
  command text not null,
  words text not null,
  -- What the message must say in the end, when its last edit failed.
  final jsonb,
  started_at timestamptz not null default now(),
  alive_at timestamptz not null default now()
);
create index slack_answer_alive_at on slack_answer (alive_at);
