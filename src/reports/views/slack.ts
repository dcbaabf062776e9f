import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { isCalm, isQuiet, type MadeSection, type Report } from '../model.ts';
import { isSnoozed, type Live, lineText } from './line.ts';
import { asOfWords, briefLines, briefs, countsWords, headWords, lateWords, markOf } from './words.ts';

/** Lines of one section in the message, and of all: a screen of a phone. The thread has the rest. */
const perSection = 5;
const inAll = 22;

export interface Shown extends Live {
  /** When it was, or is being, posted. */
  postedAt: Date;
  /** Who is mentioned: mrkdwn of our own. */
  mentions?: readonly string[];
  /** Why it stands here, where it was not meant to: plain text. */
  elsewhere?: string;
  /** It is shown where nothing hangs below it. */
  alone?: boolean;
}

/** The message of a report: the verdict, then what needs a person, then in one line what doesn't. A quiet day is one line. */
export function reportPost(report: Report, shown: Shown): Post {
  const late = lateWords(report.slot, shown.postedAt);
  const head = [
    `${markOf(report)} *${escapeSlack(headWords(report))}*${late === undefined ? '' : ` (${late})`} — ${escapeSlack(countsWords(report) + asOfWords(report, shown.postedAt))}`,
  ];
  const { sections } = report.content;
  if (report.plan.quiet !== 'full' && isQuiet(report.content)) {
    const line = [...head, ...briefs(sections).map(escapeSlack)].join(' · ');
    return { text: line, blocks: [section(line), ...notes(shown), buttons(report, shown, true)] };
  }
  const all = report.plan.quiet === 'full';
  const loud = sections.filter((each) => saysSomething(each) && (all || each.always || !isCalm(each)));
  const calm = sections.filter((each) => !loud.includes(each));
  const blocks: SlackBlock[] = [section([...head, ...(shown.mentions ?? [])].join(' '))];
  let left = inAll;
  for (const each of loud) {
    const { text, lines } = sectionText(each, Math.min(perSection, Math.max(1, left)), shown);
    left -= lines;
    blocks.push(section(text));
  }
  for (const line of briefLines(calm)) blocks.push(context(escapeSlack(line)));
  const worst = loud.filter(({ attention }) => attention !== 'none').flatMap(({ lines }) => lines)[0]?.text;
  return {
    text: `${head[0]}${worst === undefined ? '' : `: ${escapeSlack(worst)}`}`,
    blocks: [...blocks, ...notes(shown), buttons(report, shown, false)],
  };
}

function saysSomething({ lines, unknown = [] }: MadeSection): boolean {
  return unknown.length > 0 || lines.some(({ threadOnly }) => !threadOnly);
}

/** One section: its few words and its lines; what can't be said here is counted. */
function sectionText(made: MadeSection, most: number, shown: Shown): { text: string; lines: number } {
  const unknown = (made.unknown ?? []).map((why) => `⚪ unknown: ${escapeSlack(why)}`);
  const meant = made.lines.filter(({ threadOnly }) => !threadOnly);
  const awake = meant.filter((line) => !isSnoozed(line, shown));
  const texts = [...awake.map((line) => lineText(line, shown)), ...unknown];
  const said = texts.slice(0, most);
  const where = shown.alone ? '' : ' in the thread';
  const rest = [
    texts.length > said.length ? `… and ${texts.length - said.length} more${where}` : '',
    meant.length > awake.length ? `💤 ${meant.length - awake.length} snoozed` : '',
  ].filter(Boolean);
  const title = `*${escapeSlack(made.title)}*`;
  if (said.length + rest.length === 1) return { text: `${title}  ${[...said, ...rest][0]}`, lines: 1 };
  return { text: [title, ...said, ...rest].join('\n'), lines: said.length + rest.length + 1 };
}

function notes({ elsewhere }: Shown): SlackBlock[] {
  return elsewhere === undefined ? [] : [context(`⚠️ ${escapeSlack(elsewhere)}`)];
}

function buttons(report: Report, shown: Shown, quiet: boolean): SlackBlock {
  const lines = report.content.sections.flatMap((each) => each.lines);
  const items = lines.flatMap(({ item }) => item ?? []);
  const failing = lines.find(({ mark, item }) => mark === 'fail' && item?.startsWith('check/'));
  const runbooks = lines.filter(
    ({ runbook, item }) => runbook !== undefined && !/^https?:/.test(runbook) && item?.startsWith('check/'),
  );
  const files = new Map(runbooks.map((line) => [line.runbook ?? '', checkOf(line.item)]));
  return {
    type: 'actions',
    elements: [
      ...(failing && !quiet ? [button('incident.declare', 'Declare', `check:${checkOf(failing.item)}`)] : []),
      ...(items.length > 0 ? [button('report.items', 'Acknowledge or snooze', String(report.id))] : []),
      ...[...files].slice(0, 2).map(([name, check], at) => button(`health.runbook.${at}`, `Runbook: ${name}`, check)),
      button('report.again', 'Run now', report.name),
      ...(shown.alone ? [] : [button('report.full', 'Full report', String(report.id))]),
    ],
  };
}

function checkOf(item: string | undefined): string {
  return item?.slice('check/'.length) ?? '';
}

/** The text in a notification when nobody reads the blocks. */
export function missingPost(said: {
  title: string;
  due: string;
  why: string;
  /** mrkdwn of our own: a mention, or a name that is escaped. */
  owner: string | undefined;
  name: string;
}): Post {
  const { title, due, why, owner, name } = said;
  const text = `🔴 *${escapeSlack(title)} of ${escapeSlack(due)} is not posted*${owner === undefined ? '' : ` ${owner}`}`;
  const next = `${escapeSlack(why)}\n→ \`/ops report ${escapeSlack(name)}\` shows it now; \`rounds doctor\` says what is wrong`;
  return { text: `${text}: ${escapeSlack(why)}`, blocks: [section(`${text}\n${next}`)] };
}

function button(action_id: string, text: string, value: string): Record<string, unknown> {
  return { type: 'button', action_id, text: { type: 'plain_text', text, emoji: true }, value };
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
