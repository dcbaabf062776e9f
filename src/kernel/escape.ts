import { withoutHidden } from './redact.ts';

/**
 * Makes foreign text inert in Slack's mrkdwn: no mention, no link, no formatting. Views add their own marks around it.
 * - Marks at the edge of a word (and every backtick) become look-alikes (`*` → `∗`): unlike an invisible character they
 *   read well on a phone and don't depend on how a client parses. Inside a word (`api_latency`) a mark does nothing and
 *   stays, so that names can be copied.
 * - Addresses get an invisible word joiner (`https:⁠//`, `a@⁠b`), which is all that keeps a client from linking them.
 * - What hides something is dropped: marks of direction, invisible characters within words.
 */
export function escapeSlack(text: string): string {
  return withoutHidden(text)
    .replace(edgeMarks, (mark) => lookAlikes[mark] ?? '')
    .replace(addressStarts, `$&${wordJoiner}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A link of our own; the address comes from the configuration. */
export function slackLink(url: string, label: string): string {
  const address = url.replaceAll('&', '&amp;').replace(/[<>|\s]/g, encodeURIComponent);
  return `<${address}|${escapeSlack(label)}>`;
}

const wordJoiner = '\u2060';
const lookAlikes: Record<string, string> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };
const edgeMarks = /`|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu;
/** Where an address is cut in two: behind the colon of `scheme://` and `mailto:`, behind an `@` before a word. */
const addressStarts = /:(?=\/\/)|\b(?:mailto|tel|sms|callto):|@(?=[\p{L}\p{N}])/giu;
