import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack, slackLink } from '../../kernel/escape.ts';
import type { Severity } from '../../severities/model.ts';
import type { Incident } from '../model.ts';

/** So many buttons a message may have in a row. */
const mostButtons = 5;

/** What the severity offers to whoever works on it: runbooks to open, checklists by name. */
export function offerPost({ label, runbooks, checklists }: Severity): Post {
  const links = runbooks.filter(isUrl);
  const files = runbooks.filter((runbook) => !isUrl(runbook));
  const text = `For ${escapeSlack(label)}: what may help`;
  const lines = [
    `*${text}*`,
    links.length > 0 && `Runbooks: ${links.map((url) => slackLink(url, shortOf(url))).join(' · ')}`,
    files.length > mostButtons && `More runbooks: ${files.slice(mostButtons).map(escapeSlack).join(', ')}`,
    checklists.length > 0 && `Checklists: ${checklists.map(escapeSlack).join(', ')}`,
  ];
  const blocks: SlackBlock[] = [section(lines.filter(Boolean).join('\n'))];
  const buttons = files.slice(0, mostButtons).map((name, index) => ({
    ...{ type: 'button', action_id: `incident.runbook.${index}`, value: name },
    text: { type: 'plain_text', text: `Runbook: ${name}`.slice(0, 75), emoji: true },
  }));
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text, blocks };
}

/** A text that a template made, in Slack's own marks. */
export function textPost(text: string): Post {
  return { text: text.split('\n', 1)[0] ?? '', blocks: [section(text)] };
}

/** Bookmarks that its channel lacks: runbooks that are links, the ticket, the bridge. One that was replaced stays. Pure. */
export function bookmarksOf(
  { links }: Pick<Incident, 'links'>,
  runbooks: readonly string[],
  there: readonly { url: string; title: string }[],
): { url: string; title: string }[] {
  const { ticket, bridge } = links ?? {};
  const bridges = there.filter(({ title }) => title.startsWith('Bridge')).length;
  const wanted = [
    ...runbooks.filter(isUrl).map((url) => ({ url, title: shortOf(url) })),
    ...(ticket ? [{ url: ticket.url, title: ticket.name }] : []),
    // Which of two people must join has to be seen.
    ...(bridge
      ? [{ url: bridge.url, title: bridges === 0 ? 'Bridge' : `Bridge ${bridges + 1}: the newest counts` }]
      : []),
  ];
  return wanted.filter(({ url }) => there.every((link) => link.url !== url));
}

function isUrl(runbook: string): boolean {
  return /^https?:\/\//.test(runbook);
}

/** What a link is called: the end of its path, else its host. */
function shortOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return decodeURIComponentSafely(pathname.split('/').filter(Boolean).at(-1) ?? '').slice(0, 60) || hostname;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
