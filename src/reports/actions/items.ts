import type { PaperKind } from '../../incidents/after/store.ts';
import { paperName } from '../../incidents/after/views.ts';
import type { Waiting } from '../../incidents/waiting.ts';
import { formatDuration } from '../../kernel/duration.ts';
import type { ReportLine } from '../model.ts';
import type { ChecklistState } from '../ports.ts';
import { dayWords } from '../views/words.ts';

/** Something that waits for a person, from whatever room. Texts are plain. */
export interface ActionItem {
  /** `followup/7` */
  key: string;
  what: string;
  owner: string | undefined;
  dueAt: Date;
  /** What to do with it. */
  next: string;
  /** The law counts its days. */
  lawful: boolean;
}

/** What of an incident waits, in words; those of one with PHI are for its channel alone. Pure. */
export function ofIncident(waiting: Waiting): ActionItem {
  const { kind, which, incident, words, phi, drill, owner, dueAt } = waiting;
  const name = `INC-${incident}`;
  const of = `${drill ? 'drill ' : ''}${name}`;
  const said = phi ? 'see its channel' : words;
  const item = (key: string, what: string, next: string): ActionItem => ({
    ...{ key, what, owner, dueAt, next },
    lawful: kind === 'assessment' || kind === 'notice',
  });
  switch (kind) {
    case 'followup':
      return item(`followup/${which}`, `F-${which} of ${of}: ${said}`, `/ops followup done F-${which}`);
    case 'task':
      return item(`task/${name}-T${which}`, `T${which} of ${of}: ${said}`, `/ops task done T${which} ${name}`);
    case 'paper': {
      const command = which === 'report' ? '/ops postmortem report' : '/ops postmortem';
      return item(`paper/${name}-${which}`, `${paperName[which as PaperKind]} of ${of}`, `${command} ${name}`);
    }
    // What an assessment has come to is for those in the incident.
    case 'assessment':
    case 'notice':
      return item(`breach/${name}-${dueAt.toISOString()}`, `Breach deadline of ${of}`, `/ops breach show ${name}`);
  }
}

/** A checklist that should be done by then. Pure. */
export function ofChecklist(state: ChecklistState): ActionItem | undefined {
  const { id, title, owner, dueAt, done, total } = state;
  if (!dueAt) return undefined;
  const what = `${title}: ${done} of ${total} steps done`;
  return { key: `checklist/${id}`, what, owner, dueAt, next: 'do the steps that are left', lawful: false };
}

/** As a line: what is late since when it is late, what is due with its time. Pure. */
export function actionLine(item: ActionItem, { now, zone }: { now: Date; zone: string }): ReportLine {
  const { key, what, owner, dueAt, next, lawful } = item;
  const isLate = dueAt < now;
  return {
    mark: isLate ? (lawful ? 'fail' : 'warn') : 'info',
    text: isLate ? `${what}: overdue` : `${what}: due ${dayWords(dueAt, zone)}`,
    ...(isLate && { since: dueAt.toISOString() }),
    owner: owner ?? 'nobody has it',
    next,
    item: key,
  };
}

/** As rows of the full table. Pure. */
export function actionRows(items: readonly ActionItem[], { now, zone }: { now: Date; zone: string }) {
  return items.map(({ what, owner, dueAt }) => {
    const late = now.getTime() - dueAt.getTime();
    return [what, owner ?? 'nobody', dayWords(dueAt, zone), late > 0 ? formatDuration(late) : ''];
  });
}
