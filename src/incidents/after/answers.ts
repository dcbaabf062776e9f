import type { Post } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { plainLine } from '../../kernel/plain.ts';
import { type Incident, nameOf } from '../model.ts';
import type { FollowUp } from './followup-store.ts';
import type { PaperKind, papersDue } from './store.ts';
import { momentText } from './time.ts';
import { button, dueWords, ownerWords, paperName, section } from './views.ts';

type Due = Awaited<ReturnType<typeof papersDue>>[number];

/** A message shows this many; the terminal has all. */
const shown = 20;

export function draftComingPost(incident: Incident, kind: PaperKind): Post {
  const where = incident.home ? `into <#${incident.home.channel}>` : 'into the thread of its message';
  const text = `The draft of the ${paperName[kind]} of ${nameOf(incident)} comes ${where}`;
  return { text, blocks: [section(text)] };
}

export function paperChangedPost(words: string): Post {
  const text = escapeSlack(words);
  return { text, blocks: [section(text)] };
}

/** What is to be written, overdue ones first. */
export function papersPost(papers: readonly Due[], now: Date): Post {
  const late = papers.filter((paper) => isOver(paper, now)).length;
  const head =
    papers.length === 0 ? 'No report and no post-mortem is due' : countWords(papers.length, 'to be written', late);
  const lines = papers.slice(0, shown).map((paper) => {
    const mark = isOver(paper, now) ? '🔴' : '⏳';
    const drill = paper.drill ? 'DRILL ' : '';
    const due = paper.dueAt ? dueWords(paper.dueAt, now) : '';
    return `${mark} ${drill}INC-${paper.incident} ${escapeSlack(paper.label)}: ${paperName[paper.kind]} ${due}`;
  });
  return listed(head, lines, papers.length);
}

export function papersText(papers: readonly Due[], now: Date, zone: string): string {
  if (papers.length === 0) return 'No report and no post-mortem is due';
  return papers
    .map((paper) => {
      const due = paper.dueAt ? dueText(paper.dueAt, now, zone) : '';
      return `INC-${paper.incident} ${paper.drill ? 'DRILL ' : ''}${plainLine(paper.label)}: ${paperName[paper.kind]} ${due}`;
    })
    .join('\n');
}

interface Listed {
  now: Date;
  incident: Incident | undefined;
}

export function followUpsPost(found: readonly FollowUp[], { now, incident }: Listed): Post {
  const open = found.filter(({ state }) => state === 'open');
  const late = open.filter((each) => isOver(each, now)).length;
  const of = incident ? ` of ${nameOf(incident)}` : '';
  const head = open.length === 0 ? `No follow-up${of} is open` : countWords(open.length, `follow-up${of} open`, late);
  return listed(
    head,
    found.slice(0, shown).map((each) => followUpLine(each, now)),
    found.length,
  );
}

export function followUpAddedPost(followUp: FollowUp, now: Date): Post {
  const text = `Noted: ${followUpLine(followUp, now)}`;
  const actions = { type: 'actions', elements: [button('followup.done', 'Done', String(followUp.id))] };
  return { text, blocks: [section(text), actions] };
}

export function followUpsText(found: readonly FollowUp[], { now, zone, incident }: Listed & { zone: string }): string {
  if (found.length === 0) return `No follow-up${incident ? ` of ${nameOf(incident)}` : ''} is open`;
  return found.map((each) => followUpText(each, now, zone)).join('\n');
}

export function followUpText(
  { id, incident, words, ownerMention, dueAt, state }: FollowUp,
  now: Date,
  zone: string,
): string {
  const due = state === 'open' ? dueText(dueAt, now, zone) : state;
  return `F-${id}  INC-${incident}  ${plainLine(words)}  ${plainLine(ownerMention)}  ${due}`;
}

function followUpLine(followUp: FollowUp, now: Date): string {
  const { id, incident, words, ownerMention, dueAt, state } = followUp;
  const mark = state !== 'open' ? '✅' : isOver(followUp, now) ? '🔴' : '⏳';
  const due = state === 'open' ? dueWords(dueAt, now) : state;
  return `${mark} F-${id} · INC-${incident} · ${escapeSlack(words)} · ${ownerWords(ownerMention)} · ${due}`;
}

function listed(head: string, lines: string[], all: number): Post {
  const more = all > lines.length ? [`… and ${all - lines.length} more`] : [];
  // A section takes 3,000 characters.
  const blocks = [section(`*${head}*`), ...lines.map(section), ...more.map(section)];
  return { text: head, blocks };
}

function countWords(count: number, what: string, late: number): string {
  return `${count} ${what}${late > 0 ? `, ${late} overdue` : ''}`;
}

function isOver({ dueAt }: { dueAt?: Date }, now: Date): boolean {
  return dueAt !== undefined && dueAt < now;
}

function dueText(dueAt: Date, now: Date, zone: string): string {
  const ms = dueAt.getTime() - now.getTime();
  const when = `${ms > 0 ? 'due' : 'was due'} ${momentText(dueAt, zone)}`;
  return ms > 0 ? when : `${when}: ${formatDuration(-ms)} overdue`;
}
