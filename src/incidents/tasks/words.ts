import { parseDuration } from '../../kernel/duration.ts';
import { taskNumber } from './model.ts';

/** Facts that somebody types around a task's words: `@ben 30m INC-42`. `who` and `inc` are as they were typed. */
export interface TaskFacts {
  who: string | undefined;
  inMs: number | undefined;
  inc: string | undefined;
}

/** What somebody types behind `task`. */
export type TaskWords =
  | { kind: 'list'; inc: string | undefined }
  | { kind: 'new'; inc: string | undefined }
  | ({ kind: 'add'; what: string } & TaskFacts)
  | ({ kind: 'change'; n: number; what: string } & TaskFacts)
  | { kind: 'end'; n: number; state: 'open' | 'done' | 'dropped'; inc: string | undefined }
  /** A verb without its task. */
  | { kind: 'which'; verb: string };

const incident = /^inc-?\d{1,15}$/i;
const person = /^(?:<@[^>]+>|@\S+)$/;
const verbs = { done: 'done', drop: 'dropped', reopen: 'open' } as const;

/** `restart the pool @ben 30m INC-42`, `T1 @ben 30m`, `done T1`, `new`. Pure. */
export function readTask(words: readonly string[]): TaskWords {
  const { what, ...facts } = factsOf(words);
  const [first = '', second = ''] = what;
  const verb = first.toLowerCase();
  const { inc } = facts;
  if (Object.hasOwn(verbs, verb) && what.length <= 2) {
    const n = taskNumber(second);
    return n === undefined
      ? { kind: 'which', verb }
      : { kind: 'end', n, state: verbs[verb as keyof typeof verbs], inc };
  }
  if (verb === 'new' && what.length === 1) return { kind: 'new', inc };
  if (what.length === 0 && facts.who === undefined && facts.inMs === undefined) return { kind: 'list', inc };
  const n = taskNumber(first);
  // `T1 me`: words of a task may end so, what it is changed to doesn't.
  const isMine = n !== undefined && facts.who === undefined && what.length === 2 && second.toLowerCase() === 'me';
  if (isMine) return { kind: 'change', n, what: '', ...facts, who: 'me' };
  if (n !== undefined) return { kind: 'change', n, what: what.slice(1).join(' '), ...facts };
  return { kind: 'add', what: what.join(' '), ...facts };
}

/** Facts stand at the end, in any order, and may stand in front; the first of each kind counts there. */
function factsOf(words: readonly string[]): TaskFacts & { what: string[] } {
  const facts: TaskFacts = { who: undefined, inMs: undefined, inc: undefined };
  const take = (word: string): boolean => {
    if (facts.inc === undefined && incident.test(word)) facts.inc = word;
    else if (facts.who === undefined && person.test(word)) facts.who = word;
    else if (facts.inMs === undefined && isSpan(word)) facts.inMs = parseDuration(word.toLowerCase());
    else return false;
    return true;
  };
  const what = [...words];
  while (what.length > 0 && take(what.at(-1)!)) what.pop();
  while (what.length > 0 && take(what[0]!)) what.shift();
  return { ...facts, what };
}

function isSpan(word: string): boolean {
  const ms = parseDuration(word.toLowerCase()) ?? 0;
  return ms >= 1_000 && ms <= 365 * 86_400_000;
}
