import { verifyAudit } from '../../src/audit/verify.ts';
import type { Store } from '../../src/store/store.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import type { Driver } from './soak-world.ts';

/** What was counted, what it must be, and words about it. */
export interface Finding {
  name: string;
  measured: number;
  wanted: number;
  /** How much there was that could have gone wrong. */
  of?: number;
}

const counts = `
  select
    (select count(*) from pgboss.job where name = 'dead')::int as dead,
    (select count(*) from pgboss.job where state = 'active' and group_id is not null)::int as unfinished,
    (select count(*) from pgboss.job where state = 'completed')::int as jobs,
    (select count(*) from alert_notice
      where shown < version or said < version or posting is not null or saying is not null)::int as untold,
    (select count(*) from alert_notice)::int as notices,
    (select count(*) from alert_problem where ended_at is null)::int as still_open,
    (select count(*) from check_state s where (s.open_state ->> 'open')::boolean is distinct from exists (
      select 1 from alert_problem p where p.check_id = s.check_id and p.ended_at is null))::int as disagreeing,
    (select count(*) from silence)::int as mutes,
    (select count(*) from audit_detail where action = 'check.mute')::int as mutes_audited,
    (select count(*) from silence s where ended_at is not null and not exists (
      select 1 from silence longer where longer.from_at = s.ended_at))::int as ended,
    (select count(*) from audit_detail where action = 'silence.end')::int as ended_audited,
    (select count(*) from silence a join silence b on a.target = b.target and a.id <> b.id
      and a.from_at <= b.from_at and b.from_at < coalesce(a.ended_at, a.until_at))::int as mutes_doubled,
    (select count(*) from pgboss.job where group_id = 'health.sweep')::int as sweeps,
    (select count(*) - count(distinct data #>> '{data,slot}') from pgboss.job
      where group_id = 'health.sweep')::int as slots_doubled,
    (select count(*) from (
      select check_id, count(*) as n from check_result group by check_id) r where n > (
        select count(*) from pgboss.job where group_id = 'health.sweep' and state = 'completed'
          and data #> '{data,checks}' ? r.check_id))::int as results_doubled`;

/** Looks at the database of bots that have ended, and at what they said in Slack. */
export async function findingsOf(store: Store, workspace: Workspace, driver?: Driver): Promise<Finding[]> {
  const { rows } = await store.pool.query<Record<string, number>>(counts);
  const found = rows[0]!;
  const of = (name: string): number => found[name] ?? Number.NaN;
  const keys = workspace
    .messages('alerts')
    .map(({ metadata }) => String(metadata?.event_payload.key))
    .filter((key) => !key.startsWith('incident:'));
  const posted = await store.pool.query<{ id: string }>('select id from alert_notice where ts is not null');
  const unposted = posted.rows.filter(({ id }) => !keys.some((key) => key.startsWith(`alert/${id}/`)));
  const { fault, rows: audited } = await verifyAudit(store);
  return [
    { name: 'jobs lost: dead or never finished', measured: of('dead') + of('unfinished'), wanted: 0, of: of('jobs') },
    {
      name: 'messages lost: not there, or not saying the last',
      measured: of('untold') + unposted.length,
      wanted: 0,
      of: of('notices'),
    },
    {
      name: 'problems lost: open though all is well, or told otherwise than measured',
      measured: of('still_open') + of('disagreeing'),
      wanted: 0,
    },
    { name: 'posts doubled', measured: keys.length - new Set(keys).size, wanted: 0, of: keys.length },
    { name: 'slots doubled', measured: of('slots_doubled'), wanted: 0, of: of('sweeps') },
    { name: 'checks with more results than sweeps', measured: of('results_doubled'), wanted: 0 },
    { name: 'mutes doubled', measured: of('mutes_doubled'), wanted: 0, of: of('mutes') },
    {
      name: 'mutes without their audit row, or rows without theirs',
      measured: Math.abs(of('mutes') - of('mutes_audited')) + Math.abs(of('ended') - of('ended_audited')),
      wanted: 0,
      of: of('mutes_audited') + of('ended_audited'),
    },
    ...(driver ? await promisesOf(driver, workspace) : []),
    {
      name: `the audit chain is broken${fault ? ` (${fault.kind} at ${fault.seq})` : ''}`,
      measured: fault ? 1 : 0,
      wanted: 0,
      of: audited,
    },
  ];
}

/** Whether what was committed was carried out, once and not before its time. */
async function promisesOf({ store, promised, unsure, overAt }: Driver, workspace: Workspace): Promise<Finding[]> {
  const times = new Map<string, number>();
  for (const { text } of workspace.messages('alerts')) times.set(text, (times.get(text) ?? 0) + 1);
  const announced = [...promised, ...unsure];
  const { rows } = await store.pool.query<{ id: string; at: number; ended: boolean }>(`
    select s.id, (extract(epoch from j.created_on) * 1000)::double precision as at, s.ended_at is not null as ended
    from silence s left join pgboss.job j on j.group_id = 'health.silence-over' and j.data #>> '{data,id}' = s.id`);
  const timers = rows.flatMap(({ id, ...rest }) => {
    const over = overAt.get(id);
    return over === undefined ? [] : [{ over, ...rest }];
  });
  return [
    {
      name: 'announcements lost',
      measured: [...promised].filter((words) => !times.has(words)).length,
      wanted: 0,
      of: promised.size,
    },
    {
      name: 'announcements doubled',
      measured: announced.filter((words) => (times.get(words) ?? 0) > 1).length,
      wanted: 0,
      of: announced.length,
    },
    {
      name: 'timers early',
      measured: timers.filter(({ at, over }) => at !== null && at < over).length,
      wanted: 0,
      of: timers.length,
    },
    {
      name: 'timers lost',
      measured: timers.filter(({ at, ended }) => at === null && !ended).length,
      wanted: 0,
      of: timers.length,
    },
  ];
}
