import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type By, type Incident, nameOf } from '../model.ts';
import { actions, type ButtonOptions, context, section } from '../views/blocks.ts';
import { headOf, mention } from '../views/message.ts';
import { type Chase, type Task, taskName } from './model.ts';

const shown = 15;

/** A task in one line: what, who, until when, or what became of it. */
export function taskLine(task: Task, now: Date): string {
  const { what, assignee, due, state, ended } = task;
  const name = `*${taskName(task)}* ${escapeSlack(what)}`;
  if (state !== 'open') {
    const by = ended ? ` by ${mention(ended.by)} ${slackTime(ended.at, now)}` : '';
    return state === 'done' ? `✅ ${name} · done${by}` : `➖ ${name} · dropped${by}`;
  }
  const who = assignee ? mention(assignee.mention) : 'nobody has it';
  return ['☐', [name, who, due && dueWords(due.at, now)].filter(Boolean).join(' · ')].join(' ');
}

function dueWords(at: Date, now: Date): string {
  return at < now ? `⏰ overdue since ${slackTime(at, now)}` : `due ${slackTime(at, now)}`;
}

/** The one message of a task, edited when it changes. */
export function taskPost(task: Task, incident: Incident, now: Date): Post {
  const text = `${nameOf(incident)} ${taskName(task)}: ${escapeSlack(task.what)}`;
  return { text, blocks: [section(taskLine(task, now)), actions(buttonsOf(task))] };
}

/** Where others read it and PHI may be involved: that there is one. */
export function withheldTaskPost(task: Task, incident: Incident): Post {
  const text = `${nameOf(incident)} ${taskName(task)}: as PHI may be involved, what it is is not told here. \`/ops task\` lists it`;
  return { text, blocks: [section(text)] };
}

/** To whoever has it from now on. */
export function yoursPost(incident: Incident, task: Task, { by, now }: { by: By; now: Date }): Post {
  const text = `${mention(by.mention)} gave you a task in ${nameOf(incident)}: ${escapeSlack(task.what)}`;
  const head = `${mention(by.mention)} gave you a task in ${headOf(incident)}`;
  return { text, blocks: [section(`${head}\n${taskLine(task, now)}`), ...whereOf(incident), actions(buttonsOf(task))] };
}

/** Reminds whoever has it; in the incident's channel, of one that nobody has. */
export function chasePost(
  incident: Incident,
  task: Task,
  { chase, late, now }: { chase: Chase; late: string; now: Date },
): Post {
  const due = task.due!.at;
  const away = formatDuration(Math.abs(due.getTime() - now.getTime()));
  const when = due > now ? `due in ${away}` : chase.what === 'due' && late === '' ? 'due now' : `overdue by ${away}`;
  const text = `⏰ ${nameOf(incident)} ${taskName(task)} ${when}: ${escapeSlack(task.what)}`;
  const line = `⏰ *${when}*${late} · ${headOf(incident)}\n${taskLine(task, now)}`;
  return { text, blocks: [section(line), ...whereOf(incident), actions(buttonsOf(task))] };
}

/** To the commander, once. */
export function longOverduePost(incident: Incident, task: Task, { late, now }: { late: string; now: Date }): Post {
  const text = `⏰ ${nameOf(incident)} ${taskName(task)} takes twice its time: ${escapeSlack(task.what)}`;
  const words = `⏰ *It takes twice its time*${late} · ${headOf(incident)}\n${taskLine(task, now)}\n→ Ask, or give it to somebody else`;
  return { text, blocks: [section(words), actions(buttonsOf(task))] };
}

/** Whoever had it can't be told anything any more. */
export function lostTaskPost(incident: Incident, task: Task, who: By): Post {
  const text = `${nameOf(incident)} ${taskName(task)} has nobody: ${mention(who.mention)} can't be reached in Slack any more`;
  return { text, blocks: [section(`🚨 ${text}\n${escapeSlack(task.what)}`), actions(buttonsOf(task))] };
}

/** When it is over: what is left. */
export function leftPost(incident: Incident, open: readonly Task[], now: Date): Post {
  const text = `${nameOf(incident)} is over; ${open.length} ${open.length === 1 ? 'task is' : 'tasks are'} open still`;
  const lines = open.slice(0, shown).map((task) => taskLine(task, now));
  const more = open.length > shown ? [context(`… and ${open.length - shown} more: \`/ops task\``)] : [];
  const end = context('They stay open, and nobody is reminded of them. `/ops task done T1`, or `drop T1`, ends one.');
  return { text, blocks: [section(`*${text}*\n${lines.join('\n')}`), ...more, end] };
}

/** All tasks of an incident, the open ones with what can be done about them. */
export function tasksPost(incident: Incident, tasks: readonly Task[], now: Date): Post {
  const open = tasks.filter(({ state }) => state === 'open');
  const ended = tasks.filter(({ state }) => state !== 'open');
  const text = open.length === 0 ? 'No task is open' : `${open.length} open`;
  const blocks: SlackBlock[] = [section(`*${text}* · ${headOf(incident)}`)];
  for (const task of open.slice(0, shown)) blocks.push(section(taskLine(task, now), buttonsOf(task)[0]));
  if (open.length > shown) blocks.push(context(`… and ${open.length - shown} more`));
  if (ended.length > 0)
    blocks.push(
      context(
        ended
          .slice(-10)
          .map((task) => taskLine(task, now))
          .join('\n'),
      ),
    );
  if (!incident.resolved) blocks.push(actions([newButton(incident)]));
  return { text, blocks };
}

/** In a terminal. */
export function tasksText(tasks: readonly Task[], zone: string): string {
  if (tasks.length === 0) return 'No tasks';
  return tasks.map((task) => taskText(task, zone)).join('\n');
}

export function taskText({ n, what, assignee, due, state }: Task, zone: string): string {
  const when = due && `due ${due.at.toLocaleString('sv-SE', { timeZone: zone })}`;
  const facts = state === 'open' ? [assignee?.mention ?? 'nobody has it', when].filter(Boolean).join(', ') : '';
  return `${state.toUpperCase().padEnd(8)} ${taskName({ n }).padEnd(4)} ${what}${facts && `  (${facts})`}`;
}

export function doneButton({ incident, n }: Task): ButtonOptions {
  return { action: 'task.done', label: 'Done', value: `${incident}:${n}`, style: 'primary' };
}

function newButton({ id }: { id: number }): ButtonOptions {
  return { action: 'task.new', label: 'New task', value: String(id) };
}

function buttonsOf(task: Task): ButtonOptions[] {
  const value = `${task.incident}:${task.n}`;
  if (task.state !== 'open') return [{ action: 'task.reopen', label: 'Reopen', value }];
  const take: ButtonOptions = { action: 'task.take', label: 'Take it', value };
  return [
    doneButton(task),
    ...(task.assignee ? [] : [take]),
    { action: 'task.change', label: 'Change', value },
    { action: 'task.drop', label: 'Drop', value },
  ];
}

function whereOf({ home }: Incident): SlackBlock[] {
  return home ? [context(`<#${home.channel}>`)] : [];
}
