import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { progressWords, type Run, rounds } from '../model.ts';
import { context, section } from './blocks.ts';
import { mention } from './words.ts';

/** The runs of a checklist, newest first. `more`: there are older ones. */
export function historyPost(title: string, runs: readonly Run[], { now, more }: { now: Date; more: boolean }): Post {
  const text = `${escapeSlack(title)}: ${runs.length === 0 ? 'never begun' : 'its last runs'}`;
  const lines = runs.map(
    (run) => `*${run.id}* ${slackTime(run.begunAt, now)} · ${progressWords(run.items)} · ${endWords(run, now)}`,
  );
  const how = `All of it as a file, with the proof of the audit: \`--csv\` or \`--json\`, of one run \`--json ${runs[0]?.id ?? 1}\`${more ? '; there are older ones' : ''}`;
  return { text, blocks: [section([`📋 *${text}*`, ...lines].join('\n')), ...(runs.length > 0 ? [context(how)] : [])] };
}

function endWords({ state, ended, dueAt, plan }: Run, now: Date): string {
  if (!ended) return state === 'done' ? 'done, not attested' : dueAt < now ? '⏰ overdue' : 'open';
  if (state === 'closed') return `✖️ closed by ${mention(ended.by)}: ${escapeSlack(ended.reason)}`;
  const late = ended.at > dueAt ? ', late' : '';
  return plan.attest && ended.by.id !== rounds.id ? `✅ attested by ${mention(ended.by)}${late}` : `✅ done${late}`;
}

/** In a terminal. */
export function historyText(runs: readonly Run[], zone: string): string {
  if (runs.length === 0) return 'It was never begun';
  const time = (at: Date) => at.toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
  return runs
    .map(({ id, begunAt, items, state, ended }) => {
      const end = ended ? ` ${time(ended.at)} by ${ended.by.mention}${ended.reason && `: ${ended.reason}`}` : '';
      return `${String(id).padStart(5)}  ${time(begunAt)}  ${progressWords(items).padEnd(7)} ${state}${end}`;
    })
    .join('\n');
}
