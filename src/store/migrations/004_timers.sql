-- Deadlines of the business: a job is enqueued when one is due. Compared with the application's clock, never with now().
create table business_timer (
  key text primary key,
  due_at timestamptz not null,
  kind text not null,
  data jsonb not null,
  -- When it was set by the same clock: one that was set too late is not kept late by us.
  set_at timestamptz not null,
  -- New with each time it is set, so that a timer that was moved or set again is another job.
  turn bigint not null
);
create index business_timer_due_at on business_timer (due_at);
create sequence business_timer_turn;

-- How far each schedule has come. The row's lock decides which replica enqueues a slot.
create table schedule_state (
  name text primary key,
  -- The cron and zone, or the rhythm: slots of another definition were not missed.
  definition text not null,
  -- The last slot that was enqueued.
  last_slot timestamptz,
  -- Since when it is scheduled so: nothing before it was missed.
  since timestamptz not null,
  -- Raised when the clock had been far ahead and came back: the slots it had enqueued then come again.
  turn integer not null default 0
);
