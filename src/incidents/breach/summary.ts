import { escapeMarkdown } from '../../kernel/markdown.ts';
import { nameOf } from '../model.ts';
import { type Day, dayAt } from './days.ts';
import { type Assessment, conclusions, disclaimer, type Notice, noticeNames } from './model.ts';

/** What an assessment has come to, for a document about its incident; the answers themselves stay where they are. Pure. */
export function breachMarkdown(assessment: Assessment, { zone, now }: { zone: string; now: Date }): string {
  const { id, newest, discoveredAt, dueAt, dropped, notices } = assessment;
  const today = dayAt(now, zone);
  const due = dayAt(dueAt, zone);
  const open = `due ${due}${due < today ? ', OVERDUE' : ''}; until it is concluded a breach is presumed`;
  const verdict = newest
    ? `${conclusions[newest.answers.conclusion]} (answers ${newest.version}, ${dayAt(newest.at, zone)})`
    : 'Nobody has answered yet';
  const isOpen = !newest || newest.answers.conclusion === 'not_yet';
  const head = dropped ? `No PHI is involved, people said since. Before that: ${verdict}` : verdict;
  return [
    `Breach assessment: **${escapeMarkdown(head)}**${isOpen && !dropped ? `, ${open}` : ''}. Discovered ${dayAt(discoveredAt, zone)}.`,
    ...(notices.length > 0 ? [notices.map((notice) => `- ${noticeWords(notice, today)}`).join('\n')] : []),
    `\`/ops breach ${nameOf({ id })}\` has the answers. ${disclaimer}`,
  ].join('\n\n');
}

function noticeWords({ kind, dueOn, sent, perhaps }: Notice, today: Day): string {
  const name = noticeNames[kind];
  if (!sent) return `${name}${perhaps ? ', if it is needed' : ''}: by ${dueOn}${dueOn < today ? ', OVERDUE' : ''}`;
  const late = sent.on > dueOn ? `, late: it was due ${dueOn}` : '';
  const confirmation = sent.confirmation && `, confirmation ${escapeMarkdown(sent.confirmation)}`;
  return `${name}: sent ${sent.on}${confirmation}${late}`;
}
