import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { plainLine } from '../../kernel/plain.ts';
import { dayWords } from './words.ts';

/** What `/ops schedule` shows of each. */
export interface ShownPlan {
  kind: string;
  name: string;
  title: string;
  times: { at: Date; zone: string }[];
  off?: string;
}

/** The times stand in the zone they are planned in: that is what they are compared with. */
export function schedulePost(plans: readonly ShownPlan[], { off }: { now: Date; off: number }): Post {
  const blocks = plans.map(({ kind, name, title, times, off: why }) => {
    const head = `*${escapeSlack(title)}* · ${kind} \`${escapeSlack(name)}\`${why === undefined ? '' : ` · not by itself: ${escapeSlack(why)}`}`;
    const text = [head, timesWords(times) || 'no times'].join('\n');
    return { type: 'section', text: { type: 'mrkdwn', text } };
  });
  const none = { type: 'section', text: { type: 'mrkdwn', text: 'Nothing runs by itself' } };
  return {
    text: plans.map(({ title }) => escapeSlack(title)).join(', ') || 'Nothing runs by itself',
    blocks: [...(blocks.length > 0 ? blocks : [none]), ...(off > 0 ? [note(offWords(off))] : [])],
  };
}

export function scheduleText(plans: readonly ShownPlan[], { off }: { off: number }): string {
  const lines = plans.flatMap(({ kind, name, title, times, off: why }) => [
    `${plainLine(title)} (${kind} ${name})${why === undefined ? '' : `, not by itself: ${why}`}`,
    ...times.map(({ at, zone }) => `  ${dayWords(at, zone)}`),
  ]);
  return [...(lines.length > 0 ? lines : ['Nothing runs by itself']), ...(off > 0 ? [offWords(off)] : [])].join('\n');
}

/** "Mon 23 Nov 09:00 EST, Tue 24 Nov 09:00 EST, …". */
function timesWords(times: ShownPlan['times']): string {
  return times.map(({ at, zone }) => escapeSlack(dayWords(at, zone))).join(' · ');
}

function offWords(off: number): string {
  return `${off} more only when asked for: \`reports.scheduled\` and \`checklists.scheduled\` of ops.yml name what runs by itself`;
}

function note(text: string) {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
