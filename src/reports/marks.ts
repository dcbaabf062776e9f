import type { Outcome } from '../health/model.ts';
import type { Attention } from './model.ts';

/** Where an operator's title or line has its mark. */
export const markPlace = '{ok}';

/** For the end of a line: ✓, ✗, or ? where it is not known. */
export function smallMark(outcome: Outcome): string {
  if (outcome === 'ok') return '✓';
  return isKnown(outcome) ? '✗' : '?';
}

/** An operator's title with a mark in the place of `{ok}`. */
export function markedTitle(title: string, outcome: Outcome): string {
  const mark = outcome === 'ok' ? '✅' : outcome === 'warn' ? '⚠️' : isKnown(outcome) ? '❌' : '⚪';
  return title.replaceAll(markPlace, mark);
}

/** How a section stands as a whole. */
export function outcomeOf({ attention, unknown = [] }: { attention: Attention; unknown?: string[] }): Outcome {
  if (attention === 'act') return 'fail';
  if (unknown.length > 0) return 'unknown';
  return attention === 'look' ? 'warn' : 'ok';
}

/** Blocked and muted say nothing about the thing itself. */
function isKnown(outcome: Outcome): boolean {
  return outcome === 'fail' || outcome === 'warn';
}
