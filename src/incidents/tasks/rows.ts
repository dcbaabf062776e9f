import { sql } from 'kysely';
import type { Tx } from '../../store/store.ts';
import type { By } from '../model.ts';
import type { Task } from './model.ts';

interface TaskRow {
  incident_id: string;
  n: number;
  what: string;
  assignee: string | null;
  assignee_mention: string | null;
  due_at: Date | null;
  due_set_at: Date | null;
  chased: number;
  state: string;
  created_by: string;
  created_by_mention: string;
  ended_at: Date | null;
  ended_by_mention: string | null;
  version: number;
  shown: number;
  channel_id: string | null;
  ts: string | null;
}

const columns = sql`
  t.incident_id::text as incident_id, t.n, t.what, t.assignee, t.assignee_mention, t.due_at, t.due_set_at, t.chased,
  t.state, t.created_by, t.created_by_mention, t.ended_at, t.ended_by_mention, t.version, t.shown, t.channel_id, t.ts`;

/** Adds the next task of an incident, which is locked; undefined = this key has added one already. */
export async function insertTask(
  tx: Tx,
  made: { id: number; key: string; what: string; assignee: By | undefined; dueAt: Date | undefined; at: Date; by: By },
): Promise<number | undefined> {
  const { id, key, what, assignee, dueAt, at, by } = made;
  const { rows } = await sql<{ n: number }>`
    insert into incident_task (incident_id, n, key, what, assignee, assignee_mention, due_at, due_set_at, created_at,
                               created_by, created_by_mention)
    select ${id}, coalesce(max(n), 0) + 1, ${key}, ${what}, ${assignee?.id ?? null}::text,
           ${assignee?.mention ?? null}::text, ${dueAt ?? null}::timestamptz, ${dueAt ? at : null}::timestamptz,
           ${at}::timestamptz, ${by.id}, ${by.mention}
    from incident_task where incident_id = ${id}
    on conflict (key) do nothing
    returning n`.execute(tx);
  return rows[0]?.n;
}

export async function taskOfKey(db: Tx, key: string): Promise<Task | undefined> {
  const { rows } = await sql<TaskRow>`select ${columns} from incident_task t where t.key = ${key}`.execute(db);
  return rows[0] && taskOf(rows[0]);
}

export async function findTask(db: Tx, id: number, n: number): Promise<Task | undefined> {
  const { rows } = await sql<TaskRow>`
    select ${columns} from incident_task t where t.incident_id = ${id} and t.n = ${n}`.execute(db);
  return rows[0] && taskOf(rows[0]);
}

/** Open ones first, in the order of their numbers. */
export async function tasksOf(db: Tx, id: number): Promise<Task[]> {
  const { rows } = await sql<TaskRow>`
    select ${columns} from incident_task t where t.incident_id = ${id} order by t.state <> 'open', t.n`.execute(db);
  return rows.map(taskOf);
}

/** The open tasks of one person, the earliest due first. */
export async function tasksOfPerson(db: Tx, person: string, most: number): Promise<Task[]> {
  const { rows } = await sql<TaskRow>`
    select ${columns} from incident_task t where t.assignee = ${person} and t.state = 'open'
    order by t.due_at nulls last, t.incident_id, t.n limit ${most}`.execute(db);
  return rows.map(taskOf);
}

/** What of a task may be changed: as it is from now on. */
export async function setTask(
  tx: Tx,
  { incident, n }: { incident: number; n: number },
  { what, assignee, due, state, ended }: Pick<Task, 'what' | 'assignee' | 'due' | 'state' | 'ended'>,
): Promise<void> {
  await sql`update incident_task
            set what = ${what}, assignee = ${assignee?.id ?? null}, assignee_mention = ${assignee?.mention ?? null},
                due_at = ${due?.at ?? null}, due_set_at = ${due?.setAt ?? null}, chased = ${due?.chased ?? 0},
                state = ${state}, ended_at = ${ended?.at ?? null}, ended_by_mention = ${ended?.by ?? null},
                version = version + 1
            where incident_id = ${incident} and n = ${n}`.execute(tx);
}

export async function setChased(tx: Tx, { incident, n }: Task, chased: number): Promise<void> {
  await sql`update incident_task set chased = ${chased} where incident_id = ${incident} and n = ${n}`.execute(tx);
}

/** Its message shows this version now, and stands there. */
export async function setTaskShown(
  db: Tx,
  { incident, n, version }: Task,
  { channel, ts }: { channel: string; ts: string },
): Promise<void> {
  await sql`update incident_task set shown = greatest(shown, ${version}), channel_id = ${channel}, ts = ${ts}
            where incident_id = ${incident} and n = ${n}`.execute(db);
}

function taskOf(row: TaskRow): Task {
  return {
    ...{ incident: Number(row.incident_id), n: row.n, what: row.what, state: row.state as Task['state'] },
    assignee: row.assignee === null ? undefined : { id: row.assignee, mention: row.assignee_mention ?? '' },
    due:
      row.due_at === null
        ? undefined
        : { at: new Date(row.due_at), setAt: new Date(row.due_set_at ?? row.due_at), chased: row.chased },
    createdBy: { id: row.created_by, mention: row.created_by_mention },
    ended: row.ended_at === null ? undefined : { at: new Date(row.ended_at), by: row.ended_by_mention ?? '' },
    ...{ version: row.version, shown: row.shown },
    message: row.channel_id === null || row.ts === null ? undefined : { channel: row.channel_id, ts: row.ts },
  };
}
