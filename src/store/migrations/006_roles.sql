-- Who has which role by the bots of this database, one row: a terminal that brings other roles can only look.
create table roles_in_force (
  single boolean primary key default true check (single),
  roles jsonb not null,
  file text not null,
  since timestamptz not null
);
