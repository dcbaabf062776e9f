import { type Outcome, outcomes } from './model.ts';

/** Whether people were told about a check, and what led to it. Plain JSON. */
export interface OpenState {
  open: boolean;
  /** The last outcomes that count, oldest first. */
  recent: Outcome[];
}

export type OpenEvent = 'opened' | 'closed' | 'worsened' | 'improved' | 'none';

export interface OpenRule {
  /** `2 of 3`: opens when at least `hits` of the last `of` are not ok. */
  openAfter: { hits: number; of: number };
  /** Closes after this many ok in a row. */
  closeAfter: number;
}

/**
 * What a new outcome means for notifications and incidents. Fail, unknown and warn are not ok; blocked, muted and stale
 * say nothing about the check itself and change nothing. `worsened` and `improved` compare with the last that was not ok.
 */
export function nextOpenState(
  state: OpenState,
  outcome: Outcome,
  rule: OpenRule,
): { state: OpenState; event: OpenEvent } {
  if (outcome === 'blocked' || outcome === 'muted' || outcome === 'stale') return { state, event: 'none' };
  const before = state.recent.findLast((each) => each !== 'ok');
  const recent = [...state.recent, outcome].slice(-Math.max(rule.openAfter.of, rule.closeAfter));
  if (!state.open) {
    const hits = recent.slice(-rule.openAfter.of).filter((each) => each !== 'ok').length;
    const open = outcome !== 'ok' && hits >= rule.openAfter.hits;
    return { state: { open, recent }, event: open ? 'opened' : 'none' };
  }
  if (outcome === 'ok') {
    const last = recent.slice(-rule.closeAfter);
    const closed = last.length >= rule.closeAfter && last.every((each) => each === 'ok');
    return { state: { open: !closed, recent }, event: closed ? 'closed' : 'none' };
  }
  return { state: { open: true, recent }, event: compare(outcome, before) };
}

function compare(outcome: Outcome, before: Outcome | undefined): OpenEvent {
  if (before === undefined) return 'none';
  const change = outcomes.indexOf(outcome) - outcomes.indexOf(before);
  return change < 0 ? 'worsened' : change > 0 ? 'improved' : 'none';
}
