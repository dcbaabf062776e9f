import type { Denial } from '../kernel/access.ts';
import type { Command, Post, SlackBlock } from '../kernel/command.ts';
import type { OpsError, PortError } from '../kernel/errors.ts';
import { escapeSlack } from '../kernel/escape.ts';
import { cutText } from './cut.ts';
import { type Failure, failureOf } from './failures.ts';

/** The few messages the router itself says. Pure; names that people typed are escaped and cut. */

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

function said(text: string, ...more: SlackBlock[]): Post {
  return { text, blocks: [section(text), ...more] };
}

/** Typed text fit to stand between backticks. */
function inCode(typed: string, max: number): string {
  return escapeSlack(cutText(typed.replaceAll('`', "'"), max));
}

/** Help, from the registry: one line a command, then its examples. */
export function helpPost<S>(commands: readonly Command<S>[]): Post {
  const lines = commands.flatMap(helpLines);
  const pages: SlackBlock[] = [];
  for (let from = 0; from < lines.length; from += 20) pages.push(section(lines.slice(from, from + 20).join('\n')));
  const text = `Commands: ${commands.map((command) => `/ops ${command.name}`).join(', ')}`;
  return { text, blocks: [...pages, context('`/ops help` shows this. Mention me instead of `/ops` where you like.')] };
}

/** Help of one command. */
export function commandHelpPost<S>(command: Command<S>): Post {
  const text = helpLines(command).join('\n');
  return said(text, context('`/ops help` lists what else there is.'));
}

function helpLines<S>({ name, usage, summary, examples }: Command<S>): string[] {
  const shown = examples.map((example) => `\`${escapeSlack(example)}\``).join(' · ');
  return [
    `*/ops ${escapeSlack([name, usage].filter(Boolean).join(' '))}* — ${escapeSlack(summary)}`,
    ...(shown ? [shown] : []),
  ];
}

/** An unknown word, with what was probably meant. */
export function unknownPost(word: string, nearest: string | undefined): Post {
  const typed = inCode(word, 60);
  if (nearest === undefined) return said(`There is no \`${typed}\`. \`/ops help\` lists what there is.`);
  return said(`There is no \`${typed}\`. Did you mean \`/ops ${nearest}\`?`);
}

export function terminalOnlyPost(name: string): Post {
  return said(`\`${name}\` works in the terminal only: \`npx rounds ${name}\`.`);
}

/** A denial says why, and names people who may when they are known: `holders` are live mentions, seen by the asker alone. */
export function deniedPost(denial: Denial, holders: readonly string[]): Post {
  const who = holders.length ? ` Ask ${holders.join(', ')}.` : '';
  return said(`${escapeSlack(cutText(denial.message, 2_000))}${who}`);
}

export function olderVersionPost(what: 'button' | 'dialog' = 'button'): Post {
  return said(`This ${what} is from an older version of the bot. \`/ops help\` lists what there is now.`);
}

/** A dialog that Slack did not open. */
export function notOpenedPost(title: string): Post {
  return said(`Slack didn't open "${escapeSlack(title)}". Try again.`);
}

/** In a dialog that was sent off before, when another process took it: its answer, if it comes, takes this one's place. */
export function sentBeforePost(command: string): Post {
  return said(
    `⏳ This was sent before, and its answer comes here. If none has come in a minute, look with \`/ops ${command}\` whether it was done before you send it again.`,
  );
}

export function errorPost(error: OpsError): Post {
  const text = escapeSlack(cutText(error.message, 2_500));
  return said(text, ...(error.hint ? [context(`→ ${keepingCode(cutText(error.hint, 1_500))}`)] : []));
}

/** Escaped but for what stands between backticks: hints are our own words and name commands. */
function keepingCode(hint: string): string {
  const parts = hint.split(/`([^`\n]+)`/);
  return parts.map((part, index) => (index % 2 ? `\`${escapeSlack(part)}\`` : escapeSlack(part))).join('');
}

export function wentWrongPost(ref: string): Post {
  return said(`Something went wrong (ref ${ref}). The bot's log has the details under this reference.`);
}

export function deadTokenPost(word: string): Post {
  return said(
    `I can't post: Slack refuses my token (${escapeSlack(word)}). Whoever runs me finds the remedy in my log.`,
  );
}

/** The last answer shown, with a line that says why it goes no further. */
export function endedEarly(last: Post, why: string): Post {
  return { text: last.text, blocks: [...last.blocks, context(`⚠️ ${escapeSlack(cutText(why, 1_000))}`)] };
}

/** In a dialog: what failed, and below it the last answer shown. */
export function failureAbove(last: Post, failure: Post): Post {
  return { text: failure.text, blocks: [...failure.blocks, { type: 'divider' }, ...last.blocks] };
}

/** In a channel the bot is not in: the answer, and how to get the full one. */
export function withInviteHint(post: Post, botName: string): Post {
  const hint = `I can't post in this channel, so this answer won't refresh. Invite me: \`/invite @${botName}\``;
  return { text: post.text, blocks: [...post.blocks, context(hint)] };
}

/** In a dialog: an answer that was meant for a channel too. */
export function seenAlonePost(post: Post): Post {
  return {
    text: post.text,
    blocks: [...post.blocks, context("⚠️ I couldn't post this in the channel: you alone see it.")],
  };
}

/** For the asker alone: the answer, and why it is not in the channel. `error`: how posting it there failed. */
export function withWhyNotPosted(post: Post, { cause }: PortError): Post {
  return { text: post.text, blocks: [...post.blocks, context(`${whyNotPosted(failureOf(cause))} Only you see this.`)] };
}

function whyNotPosted(failure: Failure): string {
  const couldNot = "I couldn't post in the channel:";
  if (failure.kind === 'rate_limited') return `${couldNot} Slack asks me to wait.`;
  if (failure.kind === 'not_sent') return `${couldNot} Slack can't be reached (${failure.why}).`;
  const status = failure.kind === 'ambiguous' ? /^http_(\d+)$/.exec(failure.why)?.[1] : undefined;
  return status ? `${couldNot} Slack answered ${status}.` : "Slack didn't confirm my post in the channel.";
}

/** What is left of an answer whose process died. */
export function interruptedPost(answer: { command: string; words: string; again: boolean }): Post {
  const typed = inCode(['/ops', answer.command, answer.words].filter(Boolean).join(' '), 200);
  const button = {
    type: 'button',
    action_id: `${answer.command}.again`,
    text: { type: 'plain_text', text: 'Run again', emoji: true },
    value: answer.words,
  };
  return said(
    `\`${typed}\` was interrupted by a restart of the bot.`,
    ...(answer.again ? [{ type: 'actions', elements: [button] }] : []),
  );
}
