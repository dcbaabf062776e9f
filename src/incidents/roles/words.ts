import type { RoleName } from '../../severities/model.ts';
import { roleNamed } from './model.ts';

/** What somebody types behind `role`. `inc` and `who` are as they were typed. */
export type RoleWords =
  | { kind: 'list'; inc: string | undefined }
  | { kind: 'claim'; role: RoleName; inc: string | undefined }
  | { kind: 'assign'; role: RoleName; who: string; note: string; inc: string | undefined }
  | { kind: 'vacate'; role: RoleName; note: string; inc: string | undefined }
  | { kind: 'unknown'; word: string };

const incident = /^inc-?\d{1,15}$/i;
const person = /^(?:<@[^>]+>|@\S+)$/;
const nobody = ['nobody', 'none'];

/** `commander`, `commander @ben it is the pool`, `hand over commander @ben`, `give up scribe`, each with `INC-42`. Pure. */
export function readRole(words: readonly string[]): RoleWords {
  const inc = words.find((word) => incident.test(word));
  const said = words.filter((word) => word !== inc);
  const [first = '', second = ''] = said.map((word) => word.toLowerCase());
  const gives = (first === 'give' && second === 'up') || first === 'giveup';
  const hands = (first === 'hand' && second === 'over') || first === 'handover';
  const rest = gives || hands ? said.slice(first.endsWith('up') || first.endsWith('over') ? 1 : 2) : said;
  const [word, whom, ...more] = rest;
  if (word === undefined) return gives || hands ? { kind: 'unknown', word: '' } : { kind: 'list', inc };
  const role = roleNamed(word);
  if (role === undefined) return { kind: 'unknown', word };
  if (gives) return { kind: 'vacate', role, note: [whom, ...more].join(' ').trim(), inc };
  if (whom === undefined) return hands ? { kind: 'unknown', word: '' } : { kind: 'claim', role, inc };
  if (nobody.includes(whom.toLowerCase())) return { kind: 'vacate', role, note: more.join(' '), inc };
  if (whom.toLowerCase() !== 'me' && !person.test(whom)) return { kind: 'unknown', word: whom };
  return { kind: 'assign', role, who: whom, note: more.join(' '), inc };
}
