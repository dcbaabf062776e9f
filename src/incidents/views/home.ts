import type { SlackBlock } from '../../kernel/command.ts';
import type { HomePart } from '../../kernel/home.ts';
import { roleNames } from '../../severities/model.ts';
import type { DueClock } from '../due-clocks.ts';
import { type Incident, nameOf } from '../model.ts';
import { clockWords } from '../next-due.ts';
import { claimButton } from '../roles/views.ts';
import type { Task } from '../tasks/model.ts';
import { doneButton, taskLine } from '../tasks/views.ts';
import { actions, type ButtonOptions, context, section } from './blocks.ts';
import { openLines } from './list.ts';

/** What the viewer may see, as it is known; nothing is asked elsewhere. */
export interface IncidentsOnHome {
  /** Open ones that they may see. */
  open: readonly Incident[];
  /** What is due in those, soonest first. */
  clocks: readonly DueClock[];
  /** Theirs, the earliest due first. */
  tasks: readonly Task[];
  viewer: { id: string };
  /** They may change something. */
  mayAct: boolean;
  now: Date;
}

const most = { mine: 6, tasks: 8, board: 12 };

/** Incidents on App Home: that some are open, what the viewer has to do with them, and all of them. Pure. */
export function incidentsOnHome(shown: IncidentsOnHome): HomePart {
  return { head: headBlocks(shown), mine: mineBlocks(shown), board: boardBlocks(shown) };
}

function headBlocks({ open, clocks, now }: IncidentsOnHome): SlackBlock[] {
  if (open.length === 0) return [];
  const alone = open.filter(({ acknowledged, drill }) => !acknowledged && !drill).length;
  const words = `${alone > 0 ? '🔴' : '🟠'} *${open.length} ${open.length === 1 ? 'incident is' : 'incidents are'} open*`;
  const nobody = alone > 0 ? ` · nobody is on ${alone === open.length ? 'it' : `${alone} of them`}` : '';
  const late = open.filter(({ nextUpdateAt, paused }) => !paused && nextUpdateAt && nextUpdateAt < now).length;
  const overdue = late > 0 ? ` · ${late} ${late === 1 ? 'update is' : 'updates are'} overdue` : '';
  const told = clocks.filter(({ kind, incident, dueAt }) => kind === 'stakeholder' && !incident.paused && dueAt < now);
  const untold =
    told.length > 0
      ? ` · ${told.length} ${told.length === 1 ? 'stakeholder was' : 'stakeholders were'} not told in time`
      : '';
  return [section(`${words}${nobody}${overdue}${untold}`, { action: 'incident.list', label: 'Open list', value: '' })];
}

function mineBlocks(shown: IncidentsOnHome): SlackBlock[] {
  const { open, tasks, viewer, mayAct, now } = shown;
  const mine = open.filter((incident) => isTheirs(incident, viewer));
  const blocks = mine.slice(0, most.mine).flatMap((incident) => {
    const buttons = mayAct ? buttonsOf(incident) : [];
    return [rowOf(incident, shown), ...(buttons.length > 0 ? [actions(buttons)] : [])];
  });
  if (mine.length > most.mine)
    blocks.push(context(`… and ${mine.length - most.mine} more of yours: \`/ops incident\``));
  for (const task of tasks.slice(0, most.tasks)) {
    const words = `${nameOf({ id: task.incident })} ${taskLine(task, now)}`;
    blocks.push(section(words, mayAct ? doneButton(task) : undefined));
  }
  if (tasks.length > most.tasks) blocks.push(context(`… and ${tasks.length - most.tasks} more tasks of yours`));
  return blocks;
}

/** Declared, acknowledged or with a role. */
function isTheirs({ declaredBy, acknowledged, roles }: Incident, { id }: { id: string }): boolean {
  return declaredBy.id === id || acknowledged?.id === id || roleNames.some((role) => roles[role]?.id === id);
}

function buttonsOf(incident: Incident): ButtonOptions[] {
  const acknowledge: ButtonOptions = {
    ...{ action: 'incident.acknowledge', label: 'Acknowledge', value: String(incident.id), style: 'primary' },
  };
  return [
    ...(incident.acknowledged ? [] : [acknowledge]),
    ...(incident.roles.commander ? [] : [claimButton(incident, 'commander', 'Take commander')]),
  ];
}

function boardBlocks(shown: IncidentsOnHome): SlackBlock[] {
  const { open, mayAct } = shown;
  const rows = open.slice(0, most.board).map((incident) => rowOf(incident, shown));
  if (open.length > most.board) rows.push(context(`… and ${open.length - most.board} more: \`/ops incident\``));
  const declare: ButtonOptions = { action: 'incident.declare', label: 'Declare an incident', value: '' };
  return mayAct ? [...rows, actions([declare])] : rows;
}

/** How it stands, and who must be told until when. Whoever looks is in it when it is private: they read its title. */
function rowOf(incident: Incident, { clocks, now }: IncidentsOnHome): SlackBlock {
  const its = clocks.filter((clock) => clock.incident.id === incident.id && clock.kind === 'stakeholder');
  const lines = [openLines(incident, now, { inside: incident.private }), clockWords(its, now)];
  return section(lines.filter(Boolean).join('\n'), openButton(incident));
}

function openButton({ id }: Incident): ButtonOptions {
  return { action: 'incident.view', label: 'Open', value: String(id) };
}
