import { OpsError } from '../../kernel/errors.ts';
import { newRequest } from '../../kernel/request.ts';
import type { Tx } from '../../store/store.ts';
import { type Asker, changeIncident, type Decided } from '../change.ts';
import { kept } from '../given.ts';
import { type By, type Incident, nameOf } from '../model.ts';
import type { Unreached } from '../part.ts';
import { slackIdOf } from '../people.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import * as incidents from '../store.ts';
import { planChase, taskJob } from './jobs.ts';
import { type Task, taskName } from './model.ts';
import { findTask, insertTask, setTask, taskOfKey, tasksOf } from './rows.ts';
import { lostTaskPost, yoursPost } from './views.ts';

const longest = 500;

export interface NewTask {
  id: number;
  /** Names the submit or the command: the same key is the same task. */
  key: string;
  what: string;
  assignee?: By | undefined;
  dueAt?: Date | undefined;
}

/** What becomes of a task; what is absent stays. `null`: nobody, at no time. */
export interface TaskChange {
  what?: string | undefined;
  assignee?: By | null | undefined;
  dueAt?: Date | null | undefined;
  state?: Task['state'] | undefined;
  /** Only when nobody has it. */
  ifFree?: true;
}

type Done<K extends string> = Promise<{ kind: K; incident: Incident; task: Task }>;

/** Something is to be done; once per key. Throws OpsError `invalid` without words, or when the incident is over. */
export async function addTask(asker: Asker, added: NewTask, room: Room): Done<'added' | 'known'> {
  const { id, key, assignee, dueAt } = added;
  const what = whatOf(added.what);
  const { kind, incident } = await changeIncident(
    asker,
    id,
    room,
    async (tx, incident, at): Promise<Decided<'added' | 'known'>> => {
      if (await taskOfKey(tx, key)) return { kind: 'known', audit: [] };
      if (incident.resolved)
        throw new OpsError('invalid', `${nameOf(incident)} is over`, { hint: '`/ops incident reopen` if it is not' });
      const n = await insertTask(tx, { id, key, what, assignee, dueAt, at, by: asker.by });
      const task = (await findTask(tx, id, n!))!;
      await follow(tx, { task, before: undefined, by: asker.by, at }, room);
      return { kind: 'added', audit: [{ action: 'incident.task', after: auditOf(task) }] };
    },
  );
  return { kind, incident, task: (await taskOfKey(room.store.db(), key))! };
}

/** `same`: it was so already. `taken`: somebody took it first. Nothing was changed then. Throws OpsError `not_found`. */
export async function changeTask(
  asker: Asker,
  { id, n, change }: { id: number; n: number; change: TaskChange },
  room: Room,
): Done<'changed' | 'same' | 'taken'> {
  const { kind, incident } = await changeIncident(
    asker,
    id,
    room,
    async (tx, incident, at): Promise<Decided<'changed' | 'same' | 'taken'>> => {
      const before = await findTask(tx, id, n);
      if (!before)
        throw new OpsError('not_found', `${nameOf(incident)} has no ${taskName({ n })}`, {
          hint: '`/ops task` lists them',
        });
      const isOthers = before.assignee !== undefined && before.assignee.id !== change.assignee?.id;
      if (change.ifFree && isOthers) return { kind: 'taken', audit: [] };
      const next = changedTask(before, change, { at, by: asker.by });
      if (!next) return { kind: 'same', audit: [] };
      await setTask(tx, before, next);
      const task = (await findTask(tx, id, n))!;
      await follow(tx, { task, before, by: asker.by, at }, room);
      return { kind: 'changed', audit: [{ action: 'incident.task', after: auditOf(task) }] };
    },
  );
  return { kind, incident, task: (await findTask(room.store.db(), id, n))! };
}

/** Whoever can't be told anything has no task any more: somebody else must take it. */
export async function releaseLost({ id, person }: Unreached, room: Room): Promise<void> {
  const asker = { by: { id: 'rounds', mention: 'Rounds' }, request: newRequest() };
  const open = (await tasksOf(room.store.db(), id)).filter(({ state }) => state === 'open');
  for (const { n, assignee } of open) {
    if (assignee?.id === person) await changeTask(asker, { id, n, change: { assignee: null } }, room);
  }
}

/** How a task is after a change; undefined = as before. Pure. */
export function changedTask(
  task: Task,
  { what, assignee, dueAt, state = task.state }: TaskChange,
  { at, by }: { at: Date; by: By },
): Pick<Task, 'what' | 'assignee' | 'due' | 'state' | 'ended'> | undefined {
  const due = dueAt === undefined || dueAt?.getTime() === task.due?.at.getTime() ? task.due : dueOf(dueAt, at);
  const next = {
    what: what === undefined ? task.what : whatOf(what),
    assignee: assignee === undefined ? task.assignee : (assignee ?? undefined),
    due,
    state,
    ended: state === 'open' ? undefined : state === task.state ? task.ended : { at, by: by.mention },
  };
  const same =
    next.what === task.what && next.assignee?.id === task.assignee?.id && due === task.due && state === task.state;
  return same ? undefined : next;
}

function dueOf(dueAt: Date | null, setAt: Date): Task['due'] {
  return dueAt ? { at: dueAt, setAt, chased: 0 } : undefined;
}

function whatOf(text: string): string {
  const what = kept(text.replace(/\s+/g, ' '), longest);
  if (what === '')
    throw new OpsError('invalid', 'What is to be done?', { hint: '`/ops task restart the pool @ben 30m`' });
  return what;
}

/** What comes of it: its event, its message, its reminders, and word to whoever has it now. */
async function follow(
  tx: Tx,
  { task, before, by, at }: { task: Task; before: Task | undefined; by: By; at: Date },
  room: Room,
): Promise<void> {
  const { incident: id, n, assignee, version } = task;
  await incidents.addEvent(tx, id, { at, kind: 'task', by: by.id, words: wordsOf(task, before), data: { n } });
  await planChase(tx, task, room);
  await room.jobs.enqueue(tx, taskJob, { id, n, since: at.toISOString() });
  if (assignee) await incidents.addMember(tx, id, assignee);
  if (task.state !== 'open' || assignee?.id === before?.assignee?.id) return;
  const incident = (await incidents.findIncident(tx, id))!;
  const user = assignee && assignee.id !== by.id ? slackIdOf(assignee) : undefined;
  const key = `task:${n}:${version}`;
  if (user !== undefined)
    await say(tx, room, { id, key, to: { person: user }, post: yoursPost(incident, task, { by, now: at }) });
  // An edit of its message notifies nobody.
  if (!assignee && before?.assignee && by.id === 'rounds')
    await say(tx, room, { id, key, to: 'incident', post: lostTaskPost(incident, task, before.assignee) });
}

function wordsOf(task: Task, before: Task | undefined): string {
  const { what, assignee, due, state } = task;
  const facts = [assignee?.mention ?? 'nobody', due && `due ${due.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`]
    .filter(Boolean)
    .join(', ');
  if (!before) return `${taskName(task)} added: ${what} (${facts})`;
  if (state !== before.state) return `${taskName(task)} ${state === 'open' ? 'reopened' : state}: ${what}`;
  return `${taskName(task)} changed: ${what} (${facts})`;
}

function auditOf({ n, what, assignee, due, state }: Task): Record<string, unknown> {
  return { task: taskName({ n }), what, assignee: assignee?.id, due: due?.at, state };
}
