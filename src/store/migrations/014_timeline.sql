alter table incident_event
  -- Names what an event was made from (a message, a request): the same thing is written down once.
  add column key text,
  -- Nothing is deleted: what was wrong is struck out, and stays readable.
  add column struck_at timestamptz,
  add column struck_by text,
  add column struck_reason text;
create unique index incident_event_once on incident_event (incident_id, key) where key is not null;
-- In which thread something was said: an incident's, by where its message stands.
create index incident_message on incident (channel_id, ts) where channel_id is not null;
