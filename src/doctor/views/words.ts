import { type Counts, countStates, type Finding, type State, states } from '../model.ts';

export const faces: Record<State, { mark: string; sign: string; ansi: string }> = {
  problem: { mark: '🔴', sign: '✗', ansi: '\x1b[1;31m' },
  unknown: { mark: '⚪', sign: '?', ansi: '\x1b[1;35m' },
  warn: { mark: '🟠', sign: '!', ansi: '\x1b[1;33m' },
  ok: { mark: '🟢', sign: '✓', ansi: '\x1b[32m' },
};

const words: Record<State, (count: number) => string> = {
  problem: (count) => `${count} problem${count === 1 ? '' : 's'}`,
  unknown: (count) => `${count} unknown`,
  warn: (count) => `${count} warning${count === 1 ? '' : 's'}`,
  ok: (count) => `${count} fine`,
};

/** "22 of 22 fine", else "1 problem · 2 warnings · 19 fine", worst first, zeros left out. */
export function headline(findings: readonly Finding[]): string {
  const counts: Counts = countStates(findings);
  if (counts.ok === findings.length) return `${counts.ok} of ${counts.ok} fine`;
  return states.flatMap((state) => (counts[state] > 0 ? [words[state](counts[state])] : [])).join(' · ');
}
