/**
 * The clinic's tables, and a quiet day: an audit row every 4 minutes, among them 7 failed logins (1 in the last hour),
 * 3 denied permissions and 1 unauthorised access. All people and addresses are made up.
 */
export const schema = `
  create table audit_logs (
    id bigint generated always as identity primary key,
    timestamp timestamptz not null,
    user_id text,
    action text not null,
    resource text not null,
    ip text not null
  );
  create index audit_logs_timestamp on audit_logs (timestamp);
  create table backup_runs (
    id bigint generated always as identity primary key,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    status text not null check (status in ('succeeded', 'failed')),
    bytes bigint not null
  );
  insert into audit_logs (timestamp, user_id, action, resource, ip)
  select now() - (360 - n) * interval '4 minutes',
         'user-' || n % 17,
         case when n % 50 = 5 then 'LOGIN_FAILED'
              when n % 100 = 30 then 'PERMISSION_DENIED'
              when n = 222 then 'UNAUTHORIZED_ACCESS'
              when n % 12 = 0 then 'LOGIN'
              when n % 7 = 0 then 'PATIENT_UPDATE'
              else 'PATIENT_READ' end,
         case when n % 12 = 0 or n % 50 = 5 then 'session' else 'patient/' || 1000 + n * 31 % 1284 end,
         '192.0.2.' || 10 + n % 40
  from generate_series(1, 360) n`;
