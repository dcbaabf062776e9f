-- Who did what. Two tables: the chain, which never changes, and what it vouches for, which can be erased once.
--
-- hash       = sha256(hash of the row before, or 32 zero bytes || seq || at_ms || erases or 0 || commitment), numbers as
--              8 bytes, big-endian
-- commitment = sha256(salt || payload as UTF-8)
create table audit_entry (
  -- 1, 2, 3 … without a gap.
  seq bigint primary key,
  -- When, by the bot's clock, in ms since the epoch: exactly what is hashed.
  at_ms bigint not null,
  -- The row whose text this row records as erased.
  erases bigint check (erases < seq),
  commitment bytea not null,
  hash bytea not null
);
create unique index audit_entry_erases on audit_entry (erases) where erases is not null;

-- Without the salt nobody can try out what an erased text was.
create table audit_detail (
  seq bigint primary key,
  salt bytea,
  -- JSON as text, byte for byte what was committed to.
  payload text,
  -- The same as in the payload, to search by.
  actor text,
  action text,
  target text,
  check (num_nulls(salt, payload, actor, action, target) in (0, 5))
);

-- The last row of the chain. Whoever appends holds this row until the commit: so the chain can't fork.
create table audit_head (
  singleton boolean primary key default true check (singleton),
  seq bigint not null,
  hash bytea not null
);
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only: % of % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege', hint = 'rounds audit erase SEQ REASON removes the text of a row';
end $$;

-- Lets through what `audit_append` does when it erases: everything of a row at once, with its record in the chain.
create function audit_refuse_unless_erased() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from new_rows n left join old_rows o on o.seq = n.seq and o.payload is not null
    where o.seq is null or n.payload is not null
       or not exists (select 1 from audit_entry e where e.erases = n.seq)
  ) then
    raise exception 'the audit is append-only: % of % is refused', tg_op, tg_table_name
      using errcode = 'insufficient_privilege', hint = 'rounds audit erase SEQ REASON removes the text of a row';
  end if;
  return null;
end $$;

-- Lets through the one step that `audit_append` takes: on to a row that is there.
create function audit_refuse_unless_next() returns trigger language plpgsql as $$
begin
  if new.seq is distinct from old.seq + 1
     or not exists (select 1 from audit_entry e where e.seq = new.seq and e.hash = new.hash) then
    raise exception 'the audit is append-only: % of % is refused', tg_op, tg_table_name
      using errcode = 'insufficient_privilege', hint = 'the head moves with each row that audit_append writes';
  end if;
  return new;
end $$;

create trigger audit_entry_append_only before update or delete or truncate on audit_entry
  for each statement execute function audit_refuse();
create trigger audit_detail_append_only before delete or truncate on audit_detail
  for each statement execute function audit_refuse();
create trigger audit_detail_erase_only after update on audit_detail
  referencing old table as old_rows new table as new_rows
  for each statement execute function audit_refuse_unless_erased();
create trigger audit_head_stays before delete or truncate on audit_head
  for each statement execute function audit_refuse();
create trigger audit_head_steps before update on audit_head
  for each row execute function audit_refuse_unless_next();
-- Also for a session that calls itself a replica.
alter table audit_entry enable always trigger audit_entry_append_only;
alter table audit_detail enable always trigger audit_detail_append_only;
alter table audit_detail enable always trigger audit_detail_erase_only;
alter table audit_head enable always trigger audit_head_stays;
alter table audit_head enable always trigger audit_head_steps;

-- The last head that was signed and sent out, for the doctor.
create table signed_head (
  singleton boolean primary key default true check (singleton),
  at timestamptz not null,
  seq bigint not null,
  -- Null: into the log alone. Else the channel, and the key of the announcement that carries it there.
  channel text,
  announced text,
  check ((channel is null) = (announced is null))
);

-- Appends a row and returns its number; with p_erases, removes the text of that row too. Runs with its owner's rights, so
-- that a bot which doesn't own the tables needs no more than to read them and to call this. So nothing in it may pick up a
-- function that its caller made: every call is either of pg_catalog by name or with exactly the types that pg_catalog has.
create function audit_append(
  p_at_ms bigint, p_payload text, p_actor text, p_action text, p_target text, p_erases bigint default null
) returns bigint language plpgsql security definer as $$
declare
  v_seq bigint;
  v_hash bytea;
  v_recorded jsonb;
  v_salt constant bytea :=
    pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid());
  v_commitment constant bytea := pg_catalog.sha256(v_salt || pg_catalog.convert_to(p_payload, 'UTF8'));
begin
  -- From 1970 to 9999: what no reader has words for would stay for good.
  if p_at_ms is null or p_at_ms < 0::bigint or p_at_ms > 253402300799999::bigint then
    raise exception 'the audit takes no row of the time % ms', p_at_ms using errcode = 'invalid_parameter_value';
  end if;
  v_recorded := p_payload::jsonb;
  if v_recorded -> 'actor'::text is distinct from pg_catalog.to_jsonb(p_actor)
     or v_recorded -> 'action'::text is distinct from pg_catalog.to_jsonb(p_action)
     or v_recorded -> 'target'::text is distinct from pg_catalog.to_jsonb(p_target)
     or pg_catalog.jsonb_typeof(v_recorded -> 'request'::text) is distinct from 'string'::text
     or coalesce(pg_catalog.jsonb_typeof(v_recorded -> 'reason'::text), 'string'::text) <> 'string'::text then
    raise exception 'the audit takes no row whose text is another than its actor, action and target'
      using errcode = 'invalid_parameter_value';
  end if;
  select seq + 1::bigint, hash into strict v_seq, v_hash from audit_head for update;
  v_hash := pg_catalog.sha256(
    v_hash || pg_catalog.int8send(v_seq) || pg_catalog.int8send(p_at_ms)
    || pg_catalog.int8send(coalesce(p_erases, 0::bigint)) || v_commitment);
  insert into audit_entry (seq, at_ms, erases, commitment, hash)
  values (v_seq, p_at_ms, p_erases, v_commitment, v_hash);
  insert into audit_detail (seq, salt, payload, actor, action, target)
  values (v_seq, v_salt, p_payload, p_actor, p_action, p_target);
  update audit_head set seq = v_seq, hash = v_hash;
  if p_erases is not null then
    update audit_detail set salt = null, payload = null, actor = null, action = null, target = null
    where seq = p_erases;
    if not found then
      raise exception 'the audit has no row %', p_erases using errcode = 'no_data_found';
    end if;
  end if;
  return v_seq;
end $$;
revoke all on function audit_append(bigint, text, text, text, text, bigint) from public;

-- A function with its owner's rights must not look into a schema that its caller chose.
do $$
begin
  execute format(
    'alter function audit_append(bigint, text, text, text, text, bigint) set search_path = %I, pg_temp', current_schema());
  execute format('alter function audit_refuse_unless_erased() set search_path = %I, pg_temp', current_schema());
  execute format('alter function audit_refuse_unless_next() set search_path = %I, pg_temp', current_schema());
end $$;
