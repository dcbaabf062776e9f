/** What is live in a text once Slack renders it: everything in angle brackets that is not escaped. */

export type LiveToken =
  | { kind: 'broadcast'; range: 'channel' | 'here' | 'everyone' }
  | { kind: 'user'; id: string }
  | { kind: 'channel'; id: string }
  | { kind: 'usergroup'; id: string }
  | { kind: 'date'; seconds: number }
  | { kind: 'link'; url: string; label?: string };

const BRACKETED = /<([^<>\n]+)>/g;
const BARE_URL = /\bhttps?:\/\/[^\s<>|]+/g;

function token(inside: string): LiveToken | undefined {
  const [target = '', label] = inside.split('|', 2);
  const range = target.match(/^!(channel|here|everyone)$/)?.[1];
  if (range === 'channel' || range === 'here' || range === 'everyone') return { kind: 'broadcast', range };
  const group = target.match(/^!subteam\^([A-Z0-9]+)$/)?.[1];
  if (group) return { kind: 'usergroup', id: group };
  const seconds = target.match(/^!date\^(\d+)\^/)?.[1];
  if (seconds) return { kind: 'date', seconds: Number(seconds) };
  const user = target.match(/^@([UW][A-Z0-9]+)$/)?.[1];
  if (user) return { kind: 'user', id: user };
  const channel = target.match(/^#([CG][A-Z0-9]+)$/)?.[1];
  if (channel) return { kind: 'channel', id: channel };
  if (/^(https?|mailto|tel):/i.test(target))
    return { kind: 'link', url: unescapeText(target), ...(label !== undefined && { label }) };
  return undefined;
}

/** Mentions and links that a mrkdwn text contains; with `bareUrls`, also the addresses Slack links on its own. */
export function liveTokens(text: string, { bareUrls = true } = {}): LiveToken[] {
  const found: { at: number; token: LiveToken }[] = [];
  for (const match of text.matchAll(BRACKETED)) {
    const live = token(match[1] ?? '');
    if (live) found.push({ at: match.index, token: live });
  }
  if (bareUrls) {
    const outside = text.replace(BRACKETED, (whole) => ' '.repeat(whole.length));
    for (const match of outside.matchAll(BARE_URL)) {
      found.push({ at: match.index, token: { kind: 'link', url: unescapeText(match[0]) } });
    }
  }
  return found.sort((a, b) => a.at - b.at).map((entry) => entry.token);
}

/** Only what notifies people: broadcasts, users, user groups. */
export function mentions(text: string): LiveToken[] {
  return liveTokens(text, { bareUrls: false }).filter(({ kind }) => ['broadcast', 'user', 'usergroup'].includes(kind));
}

/** Slack's three entities back to characters: what the reader sees. */
export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Every text of a message that is rendered as mrkdwn: its text, and mrkdwn objects anywhere in its blocks. */
export function mrkdwnTexts(message: { text?: string; blocks?: unknown[] }): string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (typeof value === 'object' && value !== null) {
      if ('type' in value && value.type === 'mrkdwn' && 'text' in value && typeof value.text === 'string')
        texts.push(value.text);
      for (const member of Object.values(value)) walk(member);
    }
  };
  if (message.text) texts.push(message.text);
  walk(message.blocks ?? []);
  return texts;
}
