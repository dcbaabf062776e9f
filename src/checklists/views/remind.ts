import type { Post } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { isLeft, type Run } from '../model.ts';
import { section } from './blocks.ts';
import { headWords } from './words.ts';

const shown = 5;

/** That a run is overdue, to whoever has to do something. `mention`: undefined = they can't be mentioned. */
export function remindPost(
  run: Run,
  owners: readonly { name: string; mention: string | undefined }[],
  { now, next }: { now: Date; next: Date },
): Post {
  const left = run.items.filter(isLeft);
  const lateMs = now.getTime() - run.dueAt.getTime();
  const late = lateMs < 60_000 ? 'due now' : `overdue by ${formatDuration(lateMs)}`;
  const what = left.length === 0 ? 'all is done, nobody has attested it' : `${left.length} open`;
  const who = owners.map(({ name, mention }) => mention ?? escapeSlack(name)).join(' ');
  const names = left.slice(0, shown).map(({ n, item }) => `⬜ *${n}* ${escapeSlack(item.title)}`);
  const more = left.length > shown ? [`… and ${left.length - shown} more`] : [];
  const end = `Reminded again ${slackTime(next, now)}; \`/ops checklist close ${run.id} REASON\` ends it`;
  const lines = [`⏰ *${late}* · ${headWords(run)} · ${what}${who && ` · ${who}`}`, ...names, ...more, end];
  return { text: `⏰ ${headWords(run)}: ${late}`, blocks: [section(lines.join('\n'))] };
}
