-- What numbers were by the hour, of facts that a rule asks the usual value of; kept 8 days.
create table check_usual (
  check_id text not null,
  fact text not null,
  -- By the wall clock of the team's zone: an hour that is put back counts once, with the samples of both.
  hour smallint not null check (hour between 0 and 23),
  day date not null,
  -- Of type, target and zone: what was measured of something else says nothing about this.
  measures text not null,
  n integer not null check (n > 0),
  -- Exact, so that the order in which samples arrive changes nothing.
  sum numeric not null,
  min numeric not null,
  max numeric not null,
  primary key (check_id, fact, hour, day)
) with (fillfactor = 80);
create index check_usual_day on check_usual (day);
