import { personOf } from '../src/incidents/people.ts';
import {
  assigneeFilled,
  changeTaskFields,
  choicesOf,
  newTaskFields,
  readTaskForm,
  type TaskFilled,
} from '../src/incidents/tasks/form.ts';
import { shownValue, taskName, taskValue } from '../src/incidents/tasks/model.ts';
import type { TaskChange } from '../src/incidents/tasks/verbs.ts';
import { taskLine, tasksPost, tasksText, taskText } from '../src/incidents/tasks/views.ts';
import { readTask, type TaskFacts } from '../src/incidents/tasks/words.ts';
import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import { defineForm, type FormFilling } from '../src/kernel/form.ts';
import { keyOf } from '../src/kernel/request.ts';
import type { Services } from '../src/services.ts';
import { askerOf, type Context, privately, readIn, which } from './incident/meant.ts';

const usage = '[WHAT [@PERSON] [30m] | new | TASK @PERSON | TASK 30m | done TASK | reopen TASK | drop TASK] [INC]';
const hint = '`/ops task restart the pool @ben 30m`, `/ops task done T1`';

export default defineCommand<Services>({
  name: 'task',
  helpOrder: 32,
  summary: "List an incident's tasks; add one, give it to somebody, end it: takes responder",
  usage,
  examples: ['task', 'task restart the pool @ben 30m', 'task T1 @ben', 'task done T1', 'task drop T2 INC-42'],
  role: 'viewer',
  async run(ctx, args) {
    const read = readTask(args);
    switch (read.kind) {
      case 'list':
      case 'new':
        return list(ctx, read.inc);
      case 'add':
        return add(ctx, { ...read, ...(await factsOf(ctx, read)), key: keyOf(ctx) });
      case 'change': {
        const { assignee, dueAt } = await factsOf(ctx, read);
        return change(ctx, { n: read.n, inc: read.inc, change: { what: read.what || undefined, assignee, dueAt } });
      }
      case 'end':
        return change(ctx, { n: read.n, inc: read.inc, change: { state: read.state } });
      case 'which':
        throw new OpsError('invalid', `Which task is to be ${read.verb === 'drop' ? 'dropped' : read.verb}?`, { hint });
    }
  },
  opens: (args) => {
    const read = readTask(args);
    return read.kind === 'new' ? { form: 'new', value: read.inc ?? '' } : undefined;
  },
  buttons: {
    list: {
      summary: 'Lists the tasks of an incident',
      role: 'viewer',
      run: async (ctx, inc) => privately(await list(ctx, inc)),
    },
    done: { summary: 'Says that a task is done', ...pressed({ state: 'done' }) },
    reopen: { summary: 'Takes that back', ...pressed({ state: 'open' }) },
    drop: { summary: 'Says that nobody needs to do it', ...pressed({ state: 'dropped' }) },
    take: { summary: 'Takes a task that nobody has', ...pressed('take') },
  },
  forms: {
    new: defineForm<Services, TaskFilled>({
      ...{ title: 'New task', button: 'Add', keyed: true, role: 'responder' },
      summary: 'Adds a task of an incident: what, who, until when',
      open: ({ given }) => newTaskFields(given),
      fill: async (filling) => {
        const value = await incidentsFor(filling);
        return { items: newTaskFields({ ...filling.given, value }), value };
      },
      read: readTaskForm,
      submit: (ctx, { incident, what = '', who, inMs }) => {
        const inc = incident ?? ctx.given.value.split(/\s/, 1)[0];
        const assignee = who === undefined ? undefined : personOf(who);
        return add(ctx, { what, assignee, dueAt: later(ctx, inMs), inc, key: `view:${ctx.key}` });
      },
    }),
    change: defineForm<Services, TaskFilled>({
      ...{ title: 'Change a task', button: 'Change', role: 'responder' },
      summary: 'Says anew what a task is, whose, and until when',
      open: ({ given }) => changeTaskFields(taskValue(given.value), undefined),
      fill: async ({ services: { incidents }, actor, given, clock }) => {
        const { id, n } = taskValue(given.value);
        const incident = await incidents.which({ word: String(id), viewer: actor });
        const task = (await incidents.tasks.of(id)).find((each) => each.n === n);
        if (!task) throw new OpsError('not_found', `There is no ${taskName({ n })}`);
        return { items: changeTaskFields({ n }, { task, incident, now: clock.now() }), value: shownValue(task) };
      },
      read: readTaskForm,
      submit: (ctx, { what, who, inMs }) => {
        const { id, n, was } = taskValue(ctx.given.value);
        const assignee = assigneeFilled(who, was);
        return change(ctx, { n, inc: String(id), change: { what, assignee, dueAt: later(ctx, inMs) } });
      },
    }),
  },
  shortcuts: {
    from: {
      label: 'Make it a task',
      summary: 'Opens the dialog for a task of the incident, with the message in it',
      kind: 'message',
      form: 'new',
    },
  },
});

async function list(ctx: Context, inc: string | undefined): Promise<Reply> {
  const incident = await which(ctx, inc);
  const tasks = await ctx.services.incidents.tasks.of(incident.id);
  return {
    place: readIn(ctx, incident),
    slack: () => tasksPost(incident, tasks, ctx.clock.now()),
    terminal: ({ zone }) => tasksText(tasks, zone),
    json: () => tasks,
  };
}

async function factsOf(ctx: Context, { who, inMs }: TaskFacts) {
  await ctx.require('responder');
  const assignee = who === undefined ? undefined : await ctx.services.incidents.person(who, ctx.actor);
  return { assignee, dueAt: later(ctx, inMs) };
}

function later({ clock }: Pick<Context, 'clock'>, ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(clock.now().getTime() + ms);
}

async function add(
  ctx: Context,
  { inc, ...task }: Omit<Parameters<Services['incidents']['tasks']['add']>[1], 'id'> & { inc: string | undefined },
): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, inc || undefined);
  const { kind, task: added } = await ctx.services.incidents.tasks.add(askerOf(ctx), { ...task, id });
  return said(ctx, added, kind === 'added' ? 'Added' : 'Added already');
}

async function change(
  ctx: Context,
  { n, inc, change }: { n: number; inc: string | undefined; change: TaskChange },
): Promise<Reply> {
  await ctx.require('responder');
  const { id } = await which(ctx, inc);
  const { kind, task } = await ctx.services.incidents.tasks.change(askerOf(ctx), { id, n, change });
  return said(ctx, task, { changed: 'Changed', same: 'It is so already', taken: 'Somebody has it' }[kind]);
}

/** The asker alone: everybody else reads it in the task's own message. */
function said(ctx: Context, task: Parameters<typeof taskLine>[0], words: string): Reply {
  const text = () => `${escapeSlack(words)}: ${taskLine(task, ctx.clock.now())}`;
  return {
    place: 'asker',
    slack: () => ({ text: text(), blocks: [{ type: 'section', text: { type: 'mrkdwn', text: text() } }] }),
    terminal: ({ zone }) => `${words}: ${taskText(task, zone)}`,
    json: () => task,
  };
}

function pressed(pressing: TaskChange | 'take') {
  return {
    role: 'responder' as const,
    run: (ctx: Context, value: string) => {
      const { id, n } = taskValue(value);
      return change(ctx, {
        n,
        inc: String(id),
        change: pressing === 'take' ? { assignee: askerOf(ctx).by, ifFree: true } : pressing,
      });
    },
  };
}

/** Which incident it may be of: the one that is named, else that of the channel, else one of those that are open. */
async function incidentsFor({ services: { incidents }, actor, given }: FormFilling<Services>): Promise<string> {
  const word = given.value.split(/\s/, 1)[0] || undefined;
  const channel = given.from?.channel;
  if (word !== undefined) return choicesOf([await incidents.which({ word, channel, viewer: actor })]);
  const open = (await incidents.list(50, actor)).filter(({ resolved }) => !resolved);
  if (open.length === 0)
    throw new OpsError('invalid', 'No incident is open', { hint: 'A task belongs to an incident' });
  const here = open.filter(({ home }) => home !== undefined && home.channel === channel);
  return choicesOf(here.length > 0 ? here : open);
}
