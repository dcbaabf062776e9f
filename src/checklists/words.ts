import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import { nearest } from '../kernel/nearest.ts';
import type { ItemChange } from './decide.ts';

export const checklistUsage =
  '[NAME [--history] [--csv | --json [RUN]] | done NAME N [NOTE] | leave-out NAME N REASON | reopen NAME N | note NAME N WORDS | again NAME | attest NAME | close NAME REASON]';

/** What somebody typed behind `checklist`. `name` may be the number of a run. */
export type Typed =
  | { kind: 'list' }
  | { kind: 'show'; name: string }
  | { kind: 'history'; name: string; run: number | undefined; format: 'csv' | 'json' | undefined }
  | { kind: 'items'; name: string; changes: ItemChange[] }
  | { kind: 'again' | 'attest'; name: string }
  | { kind: 'close'; name: string; reason: string };

const changing: Record<string, ItemChange['to']> = {
  done: 'done',
  tick: 'done',
  'leave-out': 'left_out',
  na: 'left_out',
  reopen: 'open',
  note: 'noted',
};
const hint = `usage: checklist ${checklistUsage}`;

/** Throws OpsError `invalid` for what means nothing. Pure. */
export function readTyped(args: readonly string[]): Typed {
  const [first, ...rest] = args;
  if (first === undefined || first.toLowerCase() === 'list') return { kind: 'list' };
  const word = first.toLowerCase();
  const to = Object.hasOwn(changing, word) ? changing[word] : undefined;
  if (to) return itemsTyped(to, rest);
  const [name, ...words] = rest;
  if (word === 'again' || word === 'attest') return { kind: word, name: nameIn(name) };
  if (word === 'close') return { kind: 'close', name: nameIn(name), reason: words.join(' ') };
  if (word === 'start' && name !== undefined) return { kind: 'show', name: nameIn(name) };
  return shownTyped(nameIn(first), rest);
}

function shownTyped(name: string, rest: readonly string[]): Typed {
  const flags = rest.map((each) => /^(?:--|—)([a-z]+)$/.exec(each)?.[1]);
  const stranger = rest.find((each, at) => flags[at] === undefined && !/^\d{1,9}$/.test(each));
  const unknown = flags.find((flag) => flag !== undefined && !['history', 'csv', 'json'].includes(flag));
  if (stranger !== undefined || unknown !== undefined) throw notUnderstood(name, stranger, unknown);
  const number = rest.find((each) => /^\d+$/.test(each));
  const run = number === undefined ? undefined : Number(number);
  const format = (['csv', 'json'] as const).find((each) => flags.includes(each));
  if (flags.length === 0) return { kind: 'show', name };
  return { kind: 'history', name, run, format };
}

/** `atest morning`: what stands first was to be a word that does something. */
function notUnderstood(name: string, stranger: string | undefined, unknown: string | undefined): OpsError {
  const meant =
    stranger === undefined ? undefined : nearest(name, [...Object.keys(changing), 'attest', 'close', 'again']);
  if (meant !== undefined)
    return new OpsError('invalid', `"${echo(name)}" is not understood: did you mean ${meant}?`, { hint });
  const flag = stranger ?? unknown ?? '';
  const near = nearest(flag, ['history', 'csv', 'json']);
  const guess = near === undefined ? '' : `: did you mean --${near}?`;
  return new OpsError('invalid', `"${echo(stranger ?? `--${unknown}`)}" is not understood here${guess}`, { hint });
}

function itemsTyped(to: ItemChange['to'], [name, ...rest]: readonly string[]): Typed {
  const { numbers, words } = numbersIn(rest, to === 'done' || to === 'open');
  if (name === undefined || numbers.length === 0)
    throw new OpsError('invalid', 'Which item of which checklist? Its number is needed', { hint });
  const link = words.find((each) => /^<?https?:\/\//.test(each));
  const note = words.filter((each) => each !== link).join(' ');
  if (to === 'noted' && note === '' && link === undefined)
    throw new OpsError('invalid', 'What is to be noted?', { hint });
  const said = { ...(note !== '' && { note }), ...(link !== undefined && { link }) };
  return { kind: 'items', name: nameIn(name), changes: [...new Set(numbers)].map((n) => ({ n, to, ...said })) };
}

/**
 * The numbers in front: `3,4, 5`; with `alone` also `3 4 5`, when nothing follows. Else only the first counts: `3 2 reports` has a
 * note that begins with a number, and nobody wants item 2 ticked by it.
 */
function numbersIn(rest: readonly string[], alone: boolean): { numbers: number[]; words: string[] } {
  const isNumbers = (word: string | undefined) => word !== undefined && /^\d{1,3}(,\d{1,3})*,?$/.test(word);
  const all = alone && rest.every(isNumbers);
  let count = isNumbers(rest[0]) ? 1 : 0;
  while (count > 0 && isNumbers(rest[count]) && (all || rest[count - 1]!.endsWith(','))) count += 1;
  const numbers = rest.slice(0, count).flatMap((word) => word.split(',').filter(Boolean).map(Number));
  return { numbers, words: rest.slice(count) };
}

function nameIn(name: string | undefined): string {
  if (name === undefined || !/^[a-z0-9-]{1,60}$/i.test(name))
    throw new OpsError('invalid', name === undefined ? 'Which checklist?' : `"${echo(name)}" names no checklist`, {
      hint,
    });
  return name.toLowerCase();
}
