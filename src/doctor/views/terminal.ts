import { stripVTControlCharacters } from 'node:util';
import type { TerminalStyle } from '../../kernel/command.ts';
import { type Finding, type State, verdictOf } from '../model.ts';
import { faces, headline } from './words.ts';

/** The verdict, then a line for each finding, worst first, what to do about it below. */
export function doctorText(findings: readonly Finding[], style: Pick<TerminalStyle, 'colour'>): string {
  const lines = findings.flatMap(({ part, state, message, fix }) => [
    `${sign(state, style)} ${part}: ${clean(message)}`,
    ...(fix === undefined ? [] : [`  → ${clean(fix)}`]),
  ]);
  return [`${sign(verdictOf(findings), style)} ${headline(findings)}`, ...lines].join('\n');
}

function sign(state: State, { colour }: Pick<TerminalStyle, 'colour'>): string {
  const face = faces[state];
  return colour ? `${face.ansi}${face.sign}\x1b[0m` : face.sign;
}

/** What a server answered can't move the cursor or colour the terminal, and stays on its line. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
