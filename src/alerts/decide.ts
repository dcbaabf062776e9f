import { type Outcome, outcomes } from '../health/model.ts';
import type { Notice, Problem, Standing, Step } from './model.ts';

/** More problems than this in one channel within a minute share one message. */
const aloneMax = 3;
export const rushMs = 60_000;
/** A message of several takes in more for this long. */
export const groupOpenMs = 10 * 60_000;
/** A check that opens for the third time within an hour goes on in the thread it has. */
const flappingFrom = 3;
export const flappingMs = 60 * 60_000;

export interface Opening {
  checkId: string;
  outcome: Outcome;
}

/** What is known of a channel when problems open in it. */
export interface ChannelNow {
  /** Problems that opened within the last minute. */
  openedLately: number;
  /** The message of several that still takes in more. */
  group?: string;
  /** By check: how often it opened within the last hour (this time left out), and its last message. */
  earlier: ReadonlyMap<string, { times: number; notice: string }>;
}

export type Placement =
  | { kind: 'new'; grouped: boolean; openings: Opening[] }
  | { kind: 'joins'; notice: string; openings: Opening[] }
  | { kind: 'again'; notice: string; opening: Opening; times: number };

/** Which messages tell of what opened in one sweep, in one channel: at most three a minute of their own, else one for all. */
export function place(openings: readonly Opening[], channel: ChannelNow): Placement[] {
  const again = openings.flatMap((opening): Placement[] => {
    const before = channel.earlier.get(opening.checkId);
    if (!before || before.times + 1 < flappingFrom) return [];
    return [{ kind: 'again', notice: before.notice, opening, times: before.times + 1 }];
  });
  const flapping = new Set(again.flatMap((each) => (each.kind === 'again' ? [each.opening.checkId] : [])));
  const rest = openings.filter(({ checkId }) => !flapping.has(checkId)).toSorted(byOutcome);
  if (rest.length === 0) return again;
  if (channel.openedLately + rest.length <= aloneMax) {
    return [...again, ...rest.map((opening): Placement => ({ kind: 'new', grouped: false, openings: [opening] }))];
  }
  if (channel.group !== undefined) return [...again, { kind: 'joins', notice: channel.group, openings: rest }];
  return [...again, { kind: 'new', grouped: true, openings: rest }];
}

function byOutcome(a: Opening, b: Opening): number {
  return badness(a.outcome) - badness(b.outcome) || a.checkId.localeCompare(b.checkId);
}

/** 0 is worst. */
export function badness(outcome: Outcome): number {
  return outcomes.indexOf(outcome);
}

export function worse(a: Outcome, b: Outcome): Outcome {
  return badness(a) < badness(b) ? a : b;
}

/** Whether a person has something to do about it: not when it is over, muted or blocked. */
export function needsSomebody(problem: Problem): boolean {
  if (problem.endedAt || problem.muted) return false;
  return ['fail', 'unknown', 'warn'].includes(problem.said.outcome);
}

/** Whether one that joins a message of several must be seen now: it makes it worse, or concerns somebody new. */
export function joinNotifies(joining: { outcome: Outcome; owner?: string }, present: readonly Problem[]): boolean {
  const open = present.filter(needsSomebody);
  const worst = open.every(({ said }) => badness(joining.outcome) < badness(said.outcome));
  return worst || (joining.owner !== undefined && open.every(({ said }) => said.owner !== joining.owner));
}

/** The newest state of each check of a message, in the order in which they opened. */
export function latestOfEach(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [problem.checkId, problem])).values()];
}

/** What is told in one post. */
export interface Telling {
  steps: Step[];
  /** Shown in the channel too, and mentions owners. */
  notify: boolean;
}

/** What the thread has to tell now: of each check what came of its steps; after a break those between are no news. */
export function tell(notice: Pick<Notice, 'steps' | 'problems'>): Telling {
  const steps = [...Map.groupBy(notice.steps, ({ checkId }) => checkId)].flatMap(([id, each]): Step[] => {
    const step = outcomeOf(each);
    if (!step) return [];
    const problem = notice.problems.findLast(({ checkId }) => checkId === id);
    const notify = step.notify && problem !== undefined && needsSomebody(problem);
    // Muted again before it could be said that it no longer was.
    return step.kind === 'unmuted' && !notify ? [] : [{ ...step, notify }];
  });
  return { steps, notify: steps.some(({ notify }) => notify) };
}

/** What came of a check's steps, oldest first; nothing when it is as it was. */
function outcomeOf(steps: readonly Step[]): Step | undefined {
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) return undefined;
  if (last.kind === 'closed') return last;
  const opened = steps.findLast(({ kind }) => ['joined', 'again', 'unmuted'].includes(kind));
  if (opened) return { ...opened, said: last.said, notify: steps.some(({ notify }) => notify) };
  const change = first.was === undefined ? -1 : badness(last.said.outcome) - badness(first.was);
  if (change === 0) return undefined;
  return { ...last, was: first.was, kind: change < 0 ? 'worsened' : 'improved', notify: change < 0 };
}

export type NextAction =
  | { kind: 'look-for-message'; version: number }
  | { kind: 'look-for-telling'; version: number }
  | { kind: 'post' }
  | { kind: 'edit' }
  | { kind: 'tell' }
  | { kind: 'skip-telling' }
  | { kind: 'settle'; standing: Standing }
  | { kind: 'done' };

/**
 * The next thing to do until what was posted is what should be said. A post that was begun is looked for before it is
 * made again; a message that somebody deleted comes back only when there is news for people.
 */
export function nextAction(notice: Notice): NextAction {
  if (notice.ts === undefined) {
    if (notice.posting !== undefined) return { kind: 'look-for-message', version: notice.posting };
    if (!notice.gone || tell(notice).notify) return { kind: 'post' };
    return notice.said < notice.version ? { kind: 'skip-telling' } : settled(notice);
  }
  if (notice.saying !== undefined) return { kind: 'look-for-telling', version: notice.saying };
  if (notice.shown < notice.version) return { kind: 'edit' };
  if (notice.said < notice.version) return tell(notice).steps.length > 0 ? { kind: 'tell' } : { kind: 'skip-telling' };
  return settled(notice);
}

/** A post that the channel shows and whose problems are all over says so. */
function settled({ standing, problems }: Notice): NextAction {
  const open = new Set(latestOfEach(problems).flatMap(({ checkId, endedAt }) => (endedAt ? [] : [checkId])));
  const over = standing.find(({ what }) => what.every(({ checkId }) => !open.has(checkId)));
  return over ? { kind: 'settle', standing: over } : { kind: 'done' };
}

/** What a post that told up to `version` called people for; undefined = it called nobody. */
export function callsFor({ steps }: Pick<Notice, 'steps'>, version: number): Standing['what'] | undefined {
  const told = Map.groupBy(
    steps.filter((step) => step.version <= version),
    ({ checkId }) => checkId,
  );
  const what = [...told].flatMap(([checkId, each]) => {
    const step = outcomeOf(each);
    if (!step?.notify) return [];
    return [{ checkId, outcome: step.said.outcome, reason: step.said.reason }];
  });
  return what.length > 0 ? what : undefined;
}

/** What a post carries so that it can be found again. */
export function messageKey(notice: string, version: number): string {
  return `alert/${notice}/${version}`;
}

export function tellingKey(notice: string, version: number): string {
  return `alert/${notice}/${version}/thread`;
}
