import { plain, runbookLink } from '../../health/views/slack.ts';
import { faces } from '../../health/views/words.ts';
import type { SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Muted, Problem, Said } from '../model.ts';
import { moment, type Surroundings, shortened } from './words.ts';

/** A message tells this much of a reason; the details have all of it. */
const reasonMax = 500;
const nextMax = 300;

/** "🔴 *FAIL api*: 503 (want 200)": what is wrong; with `bare` as it stands in a notification. */
export function whatWords(checkId: string, said: Said, how: { bare?: boolean; reasonMax?: number } = {}): string {
  const face = faces[said.outcome];
  const mark = how.bare ? '' : '*';
  const reason = escapeSlack(shortened(said.reason, how.reasonMax ?? reasonMax));
  return `${face.mark} ${mark}${face.word} ${escapeSlack(checkId)}${mark}: ${reason}`;
}

/** "→ check ECS · runbook · 4 checks depend on it", or nothing. */
export function nextLine(checkId: string, said: Said, around: Surroundings): string {
  const below = said.outcome === 'fail' || said.outcome === 'unknown' ? around.dependents(checkId) : 0;
  const parts = [
    said.next ? escapeSlack(shortened(said.next, nextMax)) : '',
    runbookLink(said.runbook),
    below > 0 ? `${below} ${below === 1 ? 'check depends' : 'checks depend'} on it` : '',
  ].filter(Boolean);
  return parts.length > 0 ? `\n→ ${parts.join(' · ')}` : '';
}

/** "🔕 *MUTED api* until 15:04 EST by anna · FAIL: 503 (want 200)". */
export function mutedWords(problem: Problem, around: Surroundings, how: { bare?: boolean } = {}): string {
  const { checkId, said, muted } = problem;
  const mark = how.bare ? '' : '*';
  if (muted?.ended) return `🔔 ${mark}${escapeSlack(checkId)}${mark}: no longer muted · ${seenWords(muted, around)}`;
  const until = muted?.until ? ` until ${moment(muted.until, around)}` : '';
  const by = muted?.by ? ` by ${escapeSlack(shortened(muted.by, 80))}` : '';
  const reason = escapeSlack(shortened(said.reason, reasonMax));
  const face = faces.muted;
  return `${face.mark} ${mark}${face.word} ${escapeSlack(checkId)}${mark}${until}${by} · ${faces[said.outcome].word}: ${reason}`;
}

function seenWords({ seen }: Muted, around: Surroundings): string {
  const last = seen ? `last seen ${faces[seen.outcome].word} at ${moment(seen.at, around)}, ` : '';
  return `${last}measuring again`;
}

/** A file of ours opens by its button; a URL is a link in the text. */
export function isRunbookFile(runbook: string | undefined): boolean {
  return runbook !== undefined && runbook !== '' && !/^https?:\/\//.test(runbook);
}

export function button(action: string, label: string, value: string): Record<string, unknown> {
  return { type: 'button', action_id: `health.${action}`, text: plain(label), value };
}

export function actions(elements: Record<string, unknown>[]): SlackBlock {
  return { type: 'actions', elements };
}
