import { sql } from 'kysely';
import type { Tx } from '../store/store.ts';
import { type Viewer, visible } from './store.ts';

/** Something of an incident that waits for a person. */
export interface Waiting {
  kind: 'followup' | 'paper' | 'task' | 'assessment' | 'notice';
  /** Which one: the number of a follow-up or task, `report`, `postmortem`, the kind of a notice; empty = the only one. */
  which: string;
  incident: number;
  /** What it is, as somebody wrote it; empty where the kind says it. Not for others than those in it when `phi`. */
  words: string;
  phi: boolean;
  drill: boolean;
  /** As a message mentions them; undefined = nobody has it. */
  owner: string | undefined;
  dueAt: Date;
}

export interface WaitingList {
  /** All that is due before the asked moment, and of it what is late already. */
  total: number;
  late: number;
  /** The longest late first; as many as were asked for. */
  first: Waiting[];
}

interface Row {
  kind: Waiting['kind'];
  which: string;
  incident: string;
  words: string;
  phi: boolean;
  drill: boolean;
  owner: string | null;
  due_at: Date;
  total: number;
  late: number;
}

/** Who is asked for what follows an incident: as `personToAsk`, without telling who can be written to. */
const personAsked = sql`coalesce(
  (select r.mention from incident_role r where r.incident_id = i.id and r.role = 'commander'),
  i.acknowledged_by, i.resolved_by)`;

/** Days of the law end at midnight in `zone`. */
const waiting = (until: Date, zone: string) => sql`
  select 'followup' as kind, f.id::text as which, f.incident_id, f.words, f.owner_mention as owner, f.due_at
  from incident_followup f where f.state = 'open' and f.due_at < ${until}
  union all
  select 'paper', p.kind, p.incident_id, '', null, p.due_at
  from incident_paper p where p.state = 'due' and p.due_at < ${until}
  union all
  select 'task', t.n::text, t.incident_id, t.what, t.assignee_mention, t.due_at
  from incident_task t join incident o on o.id = t.incident_id and o.resolved_at is null
  where t.state = 'open' and t.due_at < ${until}
  union all
  select 'assessment', '', a.incident_id, '', null, a.due_at
  from breach_assessment a
  where not a.dropped and a.due_at < ${until} and not exists (
    select 1 from breach_answers b where b.incident_id = a.incident_id and b.version = a.version
      and b.answers::jsonb ->> 'conclusion' <> 'not_yet')
  union all
  select 'notice', n.kind, n.incident_id, '', null, ((n.due_on + 1)::timestamp at time zone ${zone})
  from breach_notice n
  where ((n.due_on + 1)::timestamp at time zone ${zone}) < ${until}
    and not exists (select 1 from breach_sent s where s.incident_id = n.incident_id and s.kind = n.kind)`;

/** What people have to do in and after incidents before `until`, in one statement: of some kinds, or all; of those that the viewer may see. */
export async function waitingBefore(
  db: Tx,
  asked: { until: Date; now: Date; zone: string; viewer: Viewer; most: number; kinds?: readonly Waiting['kind'][] },
): Promise<WaitingList> {
  const { until, now, zone, viewer, most, kinds } = asked;
  const { rows } = await sql<Row>`
    select w.kind, w.which, w.incident_id::text as incident, w.words, i.phi, i.drill,
           case when w.kind in ('followup', 'task') then w.owner else ${personAsked} end as owner, w.due_at,
           (count(*) over ())::int as total, (count(*) filter (where w.due_at < ${now}) over ())::int as late
    from (${waiting(until, zone)}) w join incident i on i.id = w.incident_id
    where ${visible(viewer)} and (${kinds ?? null}::text[] is null or w.kind = any(${kinds ?? null}::text[]))
    order by w.due_at, w.kind, w.incident_id, w.which limit ${most}`.execute(db);
  return {
    ...{ total: rows[0]?.total ?? 0, late: rows[0]?.late ?? 0 },
    first: rows.map(({ kind, which, incident, words, phi, drill, owner, due_at }) => ({
      ...{ kind, which, incident: Number(incident), words, phi, drill, owner: owner ?? undefined },
      dueAt: new Date(due_at),
    })),
  };
}
