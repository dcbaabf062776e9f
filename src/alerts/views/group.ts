import { countOutcomes } from '../../health/model.ts';
import { context, declareButton, section } from '../../health/views/slack.ts';
import { zoneTime } from '../../health/views/time.ts';
import { countsLine, faces } from '../../health/views/words.ts';
import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { badness, needsSomebody } from '../decide.ts';
import type { Problem } from '../model.ts';
import { actions, button, isRunbookFile, nextLine, whatWords } from './row.ts';
import { lasted, moment, ownersOf, type Surroundings } from './words.ts';

/** Rows with a button each. */
const rowsMax = 12;
/** Characters of all rows together: Slack takes about 13,200 in a message. */
const rowsMaxChars = 8_000;
const rowReasonMax = 200;
const namesMax = 30;
const runbooksMax = 3;
/** The scope of all checks. */
const everything = '';

/** One message for many problems: the open ones worst first, then who is muted and what is over. */
export function groupPost(problems: readonly Problem[], around: Surroundings): Post {
  const open = problems.filter(needsSomebody).toSorted(worstFirst);
  const muted = problems.filter((problem) => !problem.endedAt && problem.muted && !problem.muted.ended);
  const unsure = problems.filter(({ endedAt, muted: mute }) => !endedAt && mute?.ended);
  const over = problems.filter(({ endedAt }) => endedAt);
  const quiet = [
    namesLine(`${faces.muted.mark} ${muted.length} muted`, muted),
    namesLine(`🔔 ${unsure.length} no longer muted, measuring again`, unsure),
    namesLine(`✅ ${over.length} over`, over),
  ];
  if (open.length === 0) return calmPost(problems, quiet.filter(Boolean), around);
  const rows = rowsOf(open, around);
  const left = open.length - rows.length;
  const counts = countsLine(countOutcomes(open.map(({ said }) => said)));
  const head = `${faces[open[0]!.said.outcome].mark} *${open.length} ${open.length === 1 ? 'problem' : 'problems'}: ${counts}*`;
  const began = new Date(Math.min(...open.map(({ said }) => said.since.getTime())));
  const owners = ownersOf(
    open.map(({ said }) => said.owner),
    around,
  );
  const end = [`since ${moment(began, around)}`, owners].filter(Boolean).join(' · ');
  const blocks: SlackBlock[] = [section(`${head} ${end}`), ...rows];
  if (left > 0) blocks.push(context(`… and ${left} more: ${names(open.slice(rows.length))}`));
  for (const line of quiet.filter(Boolean)) blocks.push(context(line));
  const [worst] = open;
  const declare = worst?.said.outcome === 'fail' ? [declareButton(worst.checkId)] : [];
  blocks.push(actions([...declare, button('measure', 'Run again', everything), ...runbooksOf(open)]));
  return { text: `${head.replaceAll('*', '')} ${end}: ${names(open)}`, blocks };
}

/** The runbooks of the worst, each file once. */
function runbooksOf(open: readonly Problem[]): Record<string, unknown>[] {
  const byFile = Map.groupBy(
    open.filter(({ said }) => isRunbookFile(said.runbook)),
    ({ said }) => said.runbook ?? '',
  );
  return [...byFile].slice(0, runbooksMax).map(([file, [problem]], index) => {
    return button(`runbook.${index}`, `Runbook: ${file}`, problem?.checkId ?? '');
  });
}

/** Nothing of it needs anybody now. */
function calmPost(problems: readonly Problem[], lines: readonly string[], around: Surroundings): Post {
  const over = problems.every(({ endedAt }) => endedAt);
  const began = new Date(Math.min(...problems.map(({ beganAt }) => beganAt.getTime())));
  const ended = new Date(Math.max(...problems.map(({ endedAt }) => endedAt?.getTime() ?? 0)));
  const span = over
    ? `${lasted(began, ended)} (${zoneTime(began, around.now, around.zone)}–${moment(ended, around)})`
    : '';
  const head = over
    ? `✅ *OK: all ${problems.length} are over* — ${span}`
    : `${faces.muted.mark} *Nothing to do: what is open is muted or measured again*`;
  return { text: head.replaceAll('*', ''), blocks: [section(head), ...lines.map(context)] };
}

function rowsOf(open: readonly Problem[], around: Surroundings): SlackBlock[] {
  const rows: SlackBlock[] = [];
  let chars = 0;
  for (const { checkId, said } of open.slice(0, rowsMax)) {
    const since = `since ${zoneTime(said.since, around.now, around.zone)}`;
    const text = `${whatWords(checkId, said, { reasonMax: rowReasonMax })} · ${since}${nextLine(checkId, said, around)}`;
    chars += text.length;
    if (chars > rowsMaxChars) break;
    rows.push({ ...section(text), accessory: button('details', 'Details', checkId) } as SlackBlock);
  }
  return rows;
}

function namesLine(what: string, problems: readonly Problem[]): string {
  return problems.length === 0 ? '' : `${what}: ${names(problems)}`;
}

function names(problems: readonly Problem[]): string {
  const shown = problems.slice(0, namesMax).map(({ checkId }) => escapeSlack(checkId));
  return [...shown, ...(problems.length > namesMax ? [`… and ${problems.length - namesMax} more`] : [])].join(', ');
}

function worstFirst(a: Problem, b: Problem): number {
  return badness(a.said.outcome) - badness(b.said.outcome) || a.checkId.localeCompare(b.checkId);
}
