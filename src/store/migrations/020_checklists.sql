-- One time that a checklist is gone through. It keeps the file as it was when it began: `plan`.
create table checklist_run (
  id bigint generated always as identity primary key,
  -- The name of the file.
  name text not null,
  -- When its schedule wanted it; null = somebody began it.
  slot timestamptz,
  -- As src/checklists/model.ts has it.
  plan jsonb not null,
  state text not null default 'open' check (state in ('open', 'done', 'finished', 'closed')),
  begun_at timestamptz not null,
  begun_by text not null,
  begun_by_mention text not null,
  due_at timestamptz not null,
  done_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  ended_by_mention text,
  end_reason text not null default '',
  -- Where it is posted, as the file or ops.yml says it; and why that can't be.
  channel text,
  channel_problem text,
  -- When its automatic items were measured last.
  measured_at timestamptz,
  -- The row of the audit that says how it ended.
  proof_seq bigint,
  proof_hash text,
  -- How many of its reminders are done with.
  chased integer not null default 0,
  -- Counts the changes of what its message should say, and the version that it shows.
  version integer not null default 1,
  shown integer not null default 0,
  channel_id text,
  ts text
);
create unique index checklist_run_slot on checklist_run (name, slot) where slot is not null;
-- On demand one at a time.
create unique index checklist_run_demand on checklist_run (name) where slot is null and state in ('open', 'done');
create index checklist_run_open on checklist_run (due_at) where state in ('open', 'done');
create index checklist_run_newest on checklist_run (name, begun_at desc);

create table checklist_item (
  run_id bigint not null references checklist_run,
  -- Its place in the plan's list, from 1.
  n integer not null,
  state text not null default 'open' check (state in ('open', 'done', 'left_out')),
  by text,
  by_mention text,
  at timestamptz,
  note text not null default '',
  link text not null default '',
  -- What came of measuring it.
  verdict text check (verdict in ('pass', 'fail', 'unknown')),
  words text,
  measured_at timestamptz,
  primary key (run_id, n)
);

-- What was gone through is documentation that is kept for six years (45 CFR 164.316(b)(2)(i)).
create function checklist_refuse() returns trigger language plpgsql as $$
declare
  run bigint := case tg_table_name when 'checklist_run' then (to_jsonb(old) ->> 'id') else to_jsonb(old) ->> 'run_id' end;
begin
  if exists (select 1 from checklist_run r where r.id = run and r.begun_at > now() - interval '6 years') then
    raise exception 'checklists are kept for six years: the removal of run % is refused', run
      using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;
create trigger checklist_run_kept before delete on checklist_run
  for each row execute function checklist_refuse();
create trigger checklist_item_kept before delete on checklist_item
  for each row execute function checklist_refuse();

create function checklist_refuse_all() returns trigger language plpgsql as $$
begin
  raise exception 'checklists are kept for six years: % of % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
create trigger checklist_run_whole before truncate on checklist_run
  for each statement execute function checklist_refuse_all();
create trigger checklist_item_whole before truncate on checklist_item
  for each statement execute function checklist_refuse_all();

-- What was attested or closed stays as it was then.
create function checklist_refuse_late() returns trigger language plpgsql as $$
begin
  if exists (select 1 from checklist_run r where r.id = old.run_id and r.state in ('finished', 'closed')) then
    raise exception 'run % is over: its items stay as they are', old.run_id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger checklist_item_over before update on checklist_item
  for each row execute function checklist_refuse_late();
