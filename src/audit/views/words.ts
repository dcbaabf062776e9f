import { formatDuration } from '../../kernel/duration.ts';
import type { Fault } from '../chain.ts';
import type { AuditRow } from '../search.ts';
import type { HeadFinding, Verification } from '../verify.ts';

/** How a view writes a moment. */
export type Time = (at: Date) => string;

/** Longest text of a value in a list; the row itself shows all of it. */
const VALUE = 160;

/** "muted=false → muted=true", or nothing where neither was recorded. */
export function changeWords({ recorded }: AuditRow): string {
  if (recorded === undefined || (recorded.before === undefined && recorded.after === undefined)) return '';
  if (recorded.before === undefined) return valueWords(recorded.after);
  return `${valueWords(recorded.before)} → ${recorded.after === undefined ? 'nothing' : valueWords(recorded.after)}`;
}

function valueWords(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > VALUE ? `${text.slice(0, VALUE - 1).toWellFormed()}…` : text;
}

/** Why a row has no text. */
export function erasedWords({ erasedBy, odd }: AuditRow): string {
  if (odd) return 'its text is none that Rounds wrote: `rounds audit verify` says more';
  return erasedBy === undefined ? 'its text is gone, and no row says why' : `erased: row ${erasedBy} says why`;
}

/** "12,345 rows are as they were recorded …", or the first bad row: the first line of an answer. */
export function verdictWords({ fault, rows, erased, last, durationMs }: Verification, time: Time): string {
  if (fault !== undefined) return `The audit was changed: ${faultWords(fault, time)}`;
  if (rows === 0) return 'The audit has no rows.';
  const until = last.atMs === undefined ? '' : `, the last of ${time(new Date(last.atMs))}`;
  const gone = erased === 0 ? '' : `; ${erased} erased, each with its record`;
  const what = rows === 1 ? '1 row is as it was' : `${rows.toLocaleString('en-US')} rows are as they were`;
  return `${what} recorded${until}${gone} — ${formatDuration(durationMs)}`;
}

/** What is wrong with which row, and of when it is. */
export function faultWords(fault: Fault, time: Time): string {
  const row = `row ${fault.seq}${fault.atMs === undefined ? '' : ` (${time(new Date(fault.atMs))})`}`;
  switch (fault.kind) {
    case 'missing': {
      const next = fault.nextAtMs === undefined ? '' : ` and before ${time(new Date(fault.nextAtMs))}`;
      return `${span(fault.seq, fault.through)} missing${behind(fault.atMs, time)}${next}`;
    }
    case 'surplus':
      return `${row} stands before the first row: it was put in`;
    case 'chain':
      return fault.seq === 1
        ? `${row} has another hash than it had`
        : `${row} does not follow from row ${fault.seq - 1}: one of the two was edited, moved or put in`;
    case 'time':
      return `row ${fault.seq} has a time that no row can have: it was not written by Rounds`;
    case 'text':
      return `${row} says something else than was recorded: its text was edited`;
    case 'odd':
      return `${row} has a text that Rounds never wrote`;
    case 'columns':
      return `${row} has another ${fault.columns.join(' and ')} than was recorded`;
    case 'text_lost':
      return `${row} has lost its text: it was deleted`;
    case 'erased_unrecorded':
      return `${row} has no text, and no row records that it was erased`;
    case 'not_erased':
      return `${row} has its text, though row ${fault.erasedBy} records that it was erased`;
    case 'tail_cut': {
      const known = fault.known === 'head' ? 'a signed head knows them' : "the chain's own end knows them";
      return `${span(fault.seq, fault.through)} missing at the end${behind(fault.atMs, time)}: ${known}`;
    }
    case 'behind_head':
      return `${row} stands behind the end of the chain: it was put in`;
    case 'head_hash':
      return `${row} is not the end of the chain that the database knows: one of the two was edited`;
    case 'no_head':
      return `the end of the chain is not known (audit_head is empty); the last row is ${fault.seq}`;
    case 'text_without_row':
      return `there is a text with the number ${fault.seq}, but no such row`;
    case 'signed_otherwise': {
      const from = fault.proven + 1;
      const rows = from === fault.seq ? `row ${from}` : `one of the rows ${from} to ${fault.seq}`;
      const signed = `row ${fault.seq} was another when its head was signed (${time(fault.signedAt)})`;
      return `${rows} was edited, and the hashes computed anew: ${signed}`;
    }
  }
}

function span(from: number, through: number): string {
  return from === through ? `row ${from} is` : `rows ${from} to ${through} are`;
}

function behind(atMs: number | undefined, time: Time): string {
  return atMs === undefined ? '' : ` after ${time(new Date(atMs))}`;
}

/** What a kept head shows, one line each; what of the lines that were given is none; and plainly what is not shown without one. */
export function headWords({ heads, unreadable, fault }: Verification, time: Time): string[] {
  if (heads.length === 0 && unreadable === 0) {
    if (fault !== undefined) return [];
    return [
      'Not shown by this: a cut tail with a changed end, or a chain rewritten with all its hashes. Only a signed head from before shows that: --head.',
    ];
  }
  const compared = heads.filter(({ signature }) => signature === 'valid' || signature === 'no_key');
  return [
    ...compared.map((finding) => {
      const { head } = finding;
      return `Head of row ${head.seq}, signed ${time(head.at)}: ${findingWords(finding)}`;
    }),
    ...otherLines(heads, unreadable),
  ];
}

function findingWords({ signature, chain }: HeadFinding): string {
  const signed =
    signature === 'valid' ? 'signature valid' : 'signature not checked, so it proves nothing: give --public-key';
  const found = {
    fits: 'the chain fits',
    differs: 'the chain is another',
    cut: 'the chain does not reach it',
    unknown: 'not compared, the chain is broken before it',
  }[chain];
  return `${found}; ${signed}`;
}

/** The lines that prove nothing: whoever reaches the log or the channel can put some there. */
function otherLines(heads: readonly HeadFinding[], unreadable: number): string[] {
  const isFalse = heads.filter(({ signature }) => signature === 'invalid').length;
  const others = heads.filter(({ signature }) => signature === 'other_key');
  const keys = [...new Set(others.map(({ head }) => head.keyId))];
  const named = keys.length > 3 ? `${keys.slice(0, 3).join(', ')} and ${keys.length - 3} more` : keys.join(', ');
  const kinds = [
    ...(others.length > 0
      ? [`${others.length} signed with another key (${named}): give that one by --public-key`]
      : []),
    ...(isFalse > 0 ? [`${isFalse} with a false signature`] : []),
    ...(unreadable > 0 ? [`${unreadable} cut off or not copied whole`] : []),
  ];
  const count = others.length + isFalse + unreadable;
  if (count === 0) return [];
  return [`${count === 1 ? '1 line is no head' : `${count} lines are no heads`} of this key: ${kinds.join('; ')}`];
}
