import type { TerminalStyle } from '../../kernel/command.ts';
import { plainLine } from '../../kernel/plain.ts';
import { type Finding, type State, verdictOf } from '../model.ts';
import { faces, headline } from './words.ts';

/** The verdict, then a line for each finding, worst first, what to do about it below. */
export function doctorText(findings: readonly Finding[], style: Pick<TerminalStyle, 'colour'>): string {
  const lines = findings.flatMap(({ part, state, message, fix }) => [
    `${sign(state, style)} ${part}: ${plainLine(message)}`,
    ...(fix === undefined ? [] : [`  → ${plainLine(fix)}`]),
  ]);
  return [`${sign(verdictOf(findings), style)} ${headline(findings)}`, ...lines].join('\n');
}

function sign(state: State, { colour }: Pick<TerminalStyle, 'colour'>): string {
  const face = faces[state];
  return colour ? `${face.ansi}${face.sign}\x1b[0m` : face.sign;
}
