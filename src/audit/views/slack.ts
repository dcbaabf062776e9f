import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { AuditRow } from '../search.ts';
import { judgeVerification, type Verification } from '../verify.ts';
import { slackTime } from './time.ts';
import { changeWords, erasedWords, headWords, verdictWords } from './words.ts';

/** The rows that were found, newest first. */
export function rowsPost({ rows, more }: { rows: readonly AuditRow[]; more: boolean }): Post {
  const last = rows.at(-1);
  if (last === undefined) return { text: 'No such row in the audit', blocks: [section('No such row in the audit.')] };
  const older = more ? [context(`Older rows: add \`below:${last.seq}\``)] : [];
  return {
    text: `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} of the audit`,
    blocks: [...rows.map(rowBlock), ...older],
  };
}

function rowBlock(row: AuditRow): SlackBlock {
  return {
    ...section(rowText(row)),
    accessory: { type: 'button', action_id: 'audit.details', text: plain('Details'), value: String(row.seq) },
  };
}

function rowText(row: AuditRow): string {
  const { seq, at, recorded } = row;
  const head = `*${seq}* · ${slackTime(at)}`;
  if (recorded === undefined) return `${head} · ${erasedWords(row)}`;
  const what = `*${line(recorded.action)}* ${line(recorded.target)}`;
  const reason = recorded.reason ? `“${line(recorded.reason)}”` : '';
  const more = [line(changeWords(row)), reason].filter(Boolean).join(' · ');
  return [`${head} · ${who(recorded.actor)} · ${what}`, more].filter(Boolean).join('\n');
}

/** One row with all that was recorded. */
export function rowPost(row: AuditRow): Post {
  const { seq, recorded, hash } = row;
  const blocks: SlackBlock[] = [section(rowText(row))];
  if (recorded !== undefined) {
    for (const name of ['before', 'after'] as const) {
      if (recorded[name] === undefined) continue;
      const text = escapeSlack(JSON.stringify(recorded[name], null, 2));
      blocks.push(section(`${name}\n\`\`\`${text.slice(0, 2_700).replace(/&\w{0,3}$/, '')}\`\`\``));
    }
  }
  const request = recorded === undefined ? '' : `request ${line(recorded.request)} · `;
  blocks.push(context(`${request}hash ${hash}`));
  return { text: `Row ${seq} of the audit`, blocks };
}

/** Whether the audit is what was recorded. */
export function verificationPost(verification: Verification): Post {
  const mark = { intact: '🟢', changed: '🔴', unproven: '⚪' }[judgeVerification(verification)];
  const verdict = verdictWords(verification, slackTime);
  const heads = headWords(verification, slackTime);
  const blocks = [section(`${mark} ${verdict}`)];
  if (heads.length > 0) blocks.push(context(heads.join('\n')));
  const { fault, rows } = verification;
  const short = fault === undefined ? `${rows} rows as recorded` : `changed at row ${fault.seq}`;
  return { text: `${mark} Audit: ${short}`, blocks };
}

/** Somebody of this workspace as a mention that only the asker sees; anybody else by name. */
function who(actor: string): string {
  const id = /^slack:([UW][A-Z0-9]+)$/.exec(actor)?.[1];
  return id === undefined ? line(actor) : `<@${id}>`;
}

/** Foreign text on one line. */
function line(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 299).toWellFormed()}…` : text;
  return escapeSlack(short.replaceAll(/\s+/g, ' '));
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

function plain(text: string) {
  return { type: 'plain_text', text, emoji: true };
}
