import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { type Finding, verdictOf } from '../model.ts';
import { faces, headline } from './words.ts';

/** A finding has room for a cause and a remedy; what a server says more is in the terminal's answer. */
const MESSAGE_CHARS = 400;

/** The verdict, then what needs a person, worst first. With `all`, also what is fine, a block for each part. */
export function doctorPost(findings: readonly Finding[], { all }: { all: boolean }): Post {
  const head = `${faces[verdictOf(findings)].mark} ${headline(findings)}`;
  const bad = findings.filter(({ state }) => state !== 'ok');
  const fine = all ? findings.filter(({ state }) => state === 'ok') : [];
  const worst = bad[0];
  return {
    text: worst ? `${head} — ${escapeSlack(`${worst.part}: ${short(worst.message)}`)}` : head,
    blocks: [
      section(bad.length > 0 ? `*${head}*` : head),
      ...bad.map((finding) => section(lineOf(finding))),
      ...byPart(fine).map((lines) => section(lines.join('\n'))),
      buttons(all),
    ],
  };
}

function byPart(findings: readonly Finding[]): string[][] {
  return [...Map.groupBy(findings, ({ part }) => part).values()].map((group) => group.map(lineOf));
}

function lineOf({ part, state, message, fix }: Finding): string {
  const line = `${faces[state].mark} *${escapeSlack(part)}*: ${escapeSlack(short(message))}`;
  return fix === undefined ? line : `${line}\n→ ${escapeSlack(short(fix))}`;
}

function short(text: string): string {
  return text.length > MESSAGE_CHARS ? `${text.slice(0, MESSAGE_CHARS - 1)}…` : text;
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function buttons(all: boolean): SlackBlock {
  const again = { type: 'button', action_id: 'doctor.again', text: plain('Look again'), value: 'again' };
  const rest = { type: 'button', action_id: 'doctor.all', text: plain('Show all'), value: 'all' };
  return { type: 'actions', elements: all ? [again] : [again, rest] };
}

function plain(text: string): { type: 'plain_text'; text: string } {
  return { type: 'plain_text', text };
}
