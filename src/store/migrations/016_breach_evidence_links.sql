-- The assessment that PHI asks for (45 CFR 164.402), from the first moment at which it was said to be possible.
create table breach_assessment (
  incident_id bigint primary key references incident,
  phi_at timestamptz not null,
  -- Known, or by reasonable diligence would have been: the clock of the law. Never after phi_at.
  discovered_at timestamptz not null check (discovered_at <= phi_at),
  due_at timestamptz not null,
  -- Somebody said that no PHI is involved after all.
  dropped boolean not null default false,
  -- The newest answers; 0 = none yet.
  version integer not null default 0
);

-- Every answer ever given; the newest counts.
create table breach_answers (
  incident_id bigint not null references breach_assessment,
  version integer not null,
  at timestamptz not null,
  by text not null,
  by_mention text not null,
  -- JSON as text, byte for byte what sha256 is of; the audit has that too.
  answers text not null,
  sha256 text not null,
  primary key (incident_id, version)
);

-- What has to be told to whom, as the newest answers plan it.
create table breach_notice (
  incident_id bigint not null references breach_assessment,
  kind text not null check (kind in ('individuals', 'hhs', 'media', 'covered_entity')),
  due_on date not null,
  why text not null,
  perhaps boolean not null,
  not_before date,
  primary key (incident_id, kind)
);

-- That people sent one; the newest record of a kind counts, older ones were corrected.
create table breach_sent (
  id bigint generated always as identity primary key,
  incident_id bigint not null references breach_assessment,
  kind text not null,
  sent_on date not null,
  confirmation text not null,
  at timestamptz not null,
  by text not null,
  by_mention text not null
);
create index breach_sent_incident on breach_sent (incident_id, kind, id desc);

create function breach_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'what was answered stays: % of % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
create trigger breach_answers_append_only before update or delete on breach_answers
  for each statement execute function breach_refuse();
create trigger breach_sent_append_only before update or delete on breach_sent
  for each statement execute function breach_refuse();

-- Evidence of an incident is kept: results, changes and audit from then until then (null = while it is open).
create table incident_hold (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incident,
  from_at timestamptz not null,
  placed_at timestamptz not null,
  placed_by text not null,
  placed_by_mention text not null,
  released_at timestamptz,
  released_by text,
  released_by_mention text,
  release_reason text
);
create unique index incident_hold_on on incident_hold (incident_id) where released_at is null;

-- What people did to keep evidence elsewhere.
create table incident_hold_step (
  hold_id bigint not null references incident_hold,
  step text not null check (step in ('logs', 'snapshot', 'retention', 'logging')),
  at timestamptz not null,
  by text not null,
  by_mention text not null,
  -- Where it is.
  reference text not null,
  primary key (hold_id, step)
);

alter table incident
  add column ticket_url text,
  add column ticket_name text,
  add column bridge_url text;

-- The one ticket that Rounds makes for an incident.
create table incident_ticket (
  incident_id bigint primary key references incident on delete cascade,
  tracker text not null,
  -- In the ticket's text, so that it is found again after an answer got lost.
  marker uuid not null,
  -- When the request left last; whether it arrived may be unknown.
  asked_at timestamptz,
  state text not null check (state in ('making', 'made', 'refused')),
  -- The tracker's own name for it, to comment on.
  ticket_key text
);
