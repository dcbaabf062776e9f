import type { Post } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { plainLine } from '../../kernel/plain.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { Report } from '../model.ts';
import type { ListedReport } from '../reports.ts';
import { checksTable, tablePosts } from './tables.ts';
import { dayWords } from './words.ts';

/** All reports, with when they come and when they came last. */
export function listPost(all: readonly ListedReport[], now: Date): Post {
  const lines = all.map(({ name, title, scheduled, next, last }) => {
    const [soonest] = next;
    const when = scheduled && soonest ? `next ${slackTime(soonest.at, now)}` : 'when asked for';
    const before = last ? ` · last ${slackTime(last.madeAt, now)}` : '';
    return `• \`${escapeSlack(name)}\` ${escapeSlack(title)} — ${when}${before}`;
  });
  const hint = '`/ops report NAME` makes one now · `/ops schedule` tells the next times';
  return {
    text: `${all.length} reports`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') || 'No reports' } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: hint }] },
    ],
  };
}

export function listText(all: readonly ListedReport[]): string {
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  return all
    .map(({ name, title, scheduled, next: [soonest] }) => {
      const when = scheduled && soonest ? `next ${dayWords(soonest.at, soonest.zone)}` : 'when asked for';
      return `${name.padEnd(width)}  ${plainLine(title)} — ${when}`;
    })
    .join('\n');
}

/** Its tables, then all checks, for the thread. */
export function fullPosts(report: Report): Post[] {
  return tablePosts([...report.content.sections.flatMap(({ tables = [] }) => tables), checksTable(report)]);
}

/** What came of the dialog; `words` begins with a mention of our own. */
export function tookOnPost(words: string, keys: readonly string[]): Post {
  const names = keys.map((key) => key.replace(/^[a-z-]+\//, ''));
  const text =
    keys.length === 0
      ? 'Nothing changed: it is over, or somebody has it already'
      : `${words}: ${escapeSlack(firstFew(names, 8))}`;
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}
