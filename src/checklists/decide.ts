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
}

export type ItemDecision =
  | { kind: 'changed'; to: Pick<RunItem, 'state' | 'by' | 'at' | 'note' | 'link'>; action: string }
  /** It is so already, by the same person. */
  | { kind: 'same' }
  /** Somebody else was first. */
  | { kind: 'taken'; by: By; at: Date; state: 'done' | 'left_out' }
  /** `why`: plain words; `hint`: what to do. */
  | { kind: 'refused'; why: string; hint: string };

/** What a person's change makes of an item as it stands. Pure. */
export function changedItem(one: RunItem, change: ItemChange, { by, at }: { by: By; at: Date }): ItemDecision {
  const note = change.note === undefined ? one.note : kept(change.note, longestNote);
  const link = change.link === undefined ? one.link : linkOf(change.link);
  if (link === undefined)
    return { kind: 'refused', why: 'The evidence is no link', hint: 'A URL that begins with https://' };
  switch (change.to) {
    case 'open':
      if (one.state === 'open') return { kind: 'same' };
      return { kind: 'changed', action: 'checklist.reopen', to: { ...opened, note, link } };
    case 'noted':
      if (note === one.note && link === one.link) return { kind: 'same' };
      return {
        kind: 'changed',
        action: 'checklist.note',
        to: { state: one.state, by: one.by, at: one.at, note, link },
      };
    case 'left_out':
    case 'done': {
      const before = takenBefore(one, change.to, by);
      if (before) return before;
      const refused = change.to === 'done' ? lacksEvidence(one, { note, link }) : lacksReason(one, note);
      if (refused) return { kind: 'refused', ...refused };
      const action = change.to === 'done' ? 'checklist.tick' : 'checklist.leave_out';
      return { kind: 'changed', action, to: { state: change.to, by, at, note, link } };
    }
  }
}

const opened = { state: 'open', by: undefined, at: undefined } as const;

/** A person may leave out what a check ticked, and the other way round; what another person did they undo first. */
function takenBefore(one: RunItem, to: 'done' | 'left_out', by: By): ItemDecision | undefined {
  if (one.state === 'open' || !one.by || !one.at) return undefined;
  if (one.state === to && one.by.id === by.id) return { kind: 'same' };
  if (one.state !== to && (one.by.id === by.id || one.by.id === rounds.id)) return undefined;
  return { kind: 'taken', by: one.by, at: one.at, state: one.state };
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
