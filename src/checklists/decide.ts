import { kept } from '../kernel/kept.ts';
import { redactAddress } from '../kernel/redact.ts';
import type { By, Result, RunItem } from './model.ts';
import { rounds } from './model.ts';

const longestNote = 500;
const longestLink = 1_000;
const shortestReason = 3;

/** What becomes of an item. `noted`: only its words change. What is absent stays. */
export interface ItemChange {
  n: number;
  to: 'done' | 'left_out' | 'open' | 'noted';
  /** A note; of one that is left out, why. */
  note?: string | undefined;
  link?: string | undefined;
  /** The words that a dialog showed: what somebody else wrote since then is not overwritten. */
  seen?: { note?: string; link?: string };
}

export type ItemDecision =
  | { kind: 'changed'; to: Pick<RunItem, 'state' | 'by' | 'at' | 'note' | 'link'>; action: string }
  /** It is so already, by the same person. */
  | { kind: 'same' }
  /** Somebody else was first; `unsaved`: the words that came too late. */
  | { kind: 'taken'; by: By; at: Date; state: 'done' | 'left_out'; unsaved: string }
  /** `why`: plain words; `hint`: what to do. */
  | { kind: 'refused'; why: string; hint: string };

/** What a person's change makes of an item as it stands. Pure. */
export function changedItem(one: RunItem, change: ItemChange, { by, at }: { by: By; at: Date }): ItemDecision {
  const note = change.note === undefined ? one.note : kept(change.note, longestNote);
  const link = change.link === undefined ? one.link : linkOf(change.link);
  if (link === undefined)
    return { kind: 'refused', why: 'The evidence is no link', hint: 'A URL that begins with https://' };
  const newer = newerWords(one, change, { note, link, by });
  if (newer) return newer;
  switch (change.to) {
    case 'open':
      if (one.state === 'open') return { kind: 'same' };
      // What stood beside the tick is no evidence for the next one; the audit has it.
      return {
        kind: 'changed',
        action: 'checklist.reopen',
        to: { state: 'open', by, at, note: change.note === undefined ? '' : note, link: change.link ? link : '' },
      };
    case 'noted':
      return notedItem(one, { note, link }, by);
    case 'left_out':
    case 'done': {
      const before = takenBefore(one, change, by);
      if (before) return before;
      // Each has words of its own: a note is no reason, and a reason no evidence.
      const given = change.note === undefined ? '' : note;
      const own = { note: change.to === 'done' && one.state !== 'left_out' ? note : given, link };
      const refused = change.to === 'done' ? lacksEvidence(one, own) : lacksReason(one, own.note);
      if (refused) return { kind: 'refused', ...refused };
      const action = change.to === 'done' ? 'checklist.tick' : 'checklist.leave_out';
      return { kind: 'changed', action, to: { state: change.to, by, at, ...own } };
    }
  }
}

/** Other words beside an item as it is: beside a tick they are those of whoever made it, and evidence stays evidence. */
function notedItem(one: RunItem, to: { note: string; link: string }, by: By): ItemDecision {
  if (to.note === one.note && to.link === one.link) return { kind: 'same' };
  if (one.state !== 'open' && one.by && one.at && ![by.id, rounds.id].includes(one.by.id))
    return { kind: 'taken', by: one.by, at: one.at, state: one.state, unsaved: unsavedOf(one, to) };
  const lacks = (words: { note: string; link: string }) =>
    one.state === 'done'
      ? lacksEvidence(one, words)
      : one.state === 'left_out'
        ? lacksReason(one, words.note)
        : undefined;
  const refused = lacks(to);
  if (refused && !lacks(one)) return { kind: 'refused', ...refused };
  return { kind: 'changed', action: 'checklist.note', to: { state: one.state, by: one.by, at: one.at, ...to } };
}

/** Words that came beside an item since a dialog showed it, and would be overwritten by those that were typed there. */
function newerWords(
  one: RunItem,
  { seen }: ItemChange,
  { by, ...to }: { note: string; link: string; by: By },
): ItemDecision | undefined {
  // Beside another person's tick nothing is written anyway: they are named then.
  if (one.state !== 'open' && ![by.id, rounds.id].includes(one.by?.id ?? '')) return undefined;
  const key = (['note', 'link'] as const).find(
    (each) => seen?.[each] !== undefined && one[each] !== seen[each] && ![to[each], ''].includes(one[each]),
  );
  if (!key) return undefined;
  const why = `${one.item.title}: somebody wrote meanwhile: “${one[key]}”`;
  return { kind: 'refused', why, hint: `Not kept, yours: “${to[key]}”. Open it again to change theirs` };
}

/** What somebody wrote that is not kept: it must be shown to them. */
function unsavedOf(
  one: Pick<RunItem, 'note' | 'link'>,
  given: { note?: string | undefined; link?: string | undefined },
) {
  return [given.note !== one.note && kept(given.note, longestNote), given.link !== one.link && linkOf(given.link ?? '')]
    .filter(Boolean)
    .join(' ');
}

/** A person may leave out what a check ticked, and the other way round; what another person did they undo first. */
function takenBefore(one: RunItem, { to, ...given }: ItemChange, by: By): ItemDecision | undefined {
  if (one.state === 'open' || !one.by || !one.at) return undefined;
  const unsaved = unsavedOf(one, given);
  if (one.state === to && one.by.id === by.id)
    return unsaved === '' ? { kind: 'same' } : changedItem(one, { to: 'noted', ...given }, { by, at: one.at });
  if (one.state !== to && [by.id, rounds.id].includes(one.by.id)) return undefined;
  return { kind: 'taken', by: one.by, at: one.at, state: one.state, unsaved };
}

/** Whether what must stand beside a tick is there. */
export function hasEvidence({ item, note, link }: RunItem): boolean {
  return item.evidence === 'none' || (item.evidence === 'link' ? link : note) !== '';
}

function lacksEvidence({ n, item, result }: RunItem, given: { note: string; link: string }) {
  const hint = `\`/ops checklist\` shows it; ${n} takes it there`;
  if (item.evidence === 'link' && given.link === '')
    return { why: `${item.title}: a link to the evidence is missing`, hint };
  if (item.evidence === 'note' && given.note === '')
    return { why: `${item.title}: a note of what you found is missing`, hint };
  if (isDespite(result) && given.note === '')
    return { why: `${item.title}: the check says otherwise (${result.words}). Say why you tick it all the same`, hint };
  return undefined;
}

/** Whether a tick goes against what was measured. */
export function isDespite(result: Result | undefined): result is Result {
  return result !== undefined && result.verdict !== 'pass';
}

function lacksReason({ item }: RunItem, reason: string) {
  if (!item.mayBeLeftOut)
    return {
      why: `${item.title} can't be left out`,
      hint: 'Its file says `not_applicable: false`: do it, or close the run with a reason',
    };
  if (reason.length >= shortestReason) return undefined;
  return { why: `Why does ${item.title} not apply?`, hint: 'A few words that will mean something in an audit' };
}

/** Undefined = no address that a browser opens. '' = none. */
function linkOf(text: string): string | undefined {
  const typed = text.trim().replace(/^<([^|>]*)(?:\|[^>]*)?>$/, '$1');
  if (typed === '') return '';
  const url = URL.parse(typed);
  if (!url || !['https:', 'http:'].includes(url.protocol) || typed.length > longestLink) return undefined;
  return redactAddress(url.href);
}
