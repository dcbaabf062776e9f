/** Slack's mrkdwn, plain text and emoji codes as templates. Nothing is ever parsed as HTML. */

import { html, nothing } from 'lit-html';
import { emoji } from './emoji.js';
import { channelOf, myZone, nowMs, personOf, shown } from './store.js';
import { dateToken } from './time.js';

const inlineParts = new RegExp(
  [
    '`([^`\\n]+)`',
    '<([^<>\\n]+)>',
    '(?<![\\w*])\\*(?=\\S)([^*\\n]+?)(?<=\\S)\\*(?![\\w*])',
    '(?<![\\w_])_(?=\\S)([^_\\n]+?)(?<=\\S)_(?![\\w_])',
    '(?<![\\w~])~(?=\\S)([^~\\n]+?)(?<=\\S)~(?![\\w~])',
    ':([a-z0-9_+-]+):',
    '(https?:\\/\\/[^\\s<>|]+[^\\s<>|.,;:!?)])',
  ].join('|'),
  'g',
);

/** @param {string} text */
export function unescaped(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Text that is shown as it stands, but for emoji codes. @param {unknown} text */
export function plain(text) {
  return typeof text === 'string' ? text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole) : '';
}

/** @param {unknown} text @returns {unknown} */
export function mrkdwn(text) {
  if (typeof text !== 'string') return nothing;
  return text
    .split(/```\n?([\s\S]*?)\n?```/)
    .map((part, at) => (at % 2 === 1 ? html`<pre class="code">${unescaped(part)}</pre>` : paragraphs(part)));
}

/** @param {string} text */
function paragraphs(text) {
  if (text === '') return nothing;
  /** @type {{ quote: boolean, lines: string[] }[]} */
  const groups = [];
  for (const line of text.split('\n')) {
    const quote = line.startsWith('&gt;');
    const last = groups.at(-1);
    const shownLine = quote ? line.replace(/^&gt; ?/, '') : line;
    if (last?.quote === quote) last.lines.push(shownLine);
    else groups.push({ quote, lines: [shownLine] });
  }
  return groups.map(({ quote, lines }) => {
    const body = lines.map((line, at) => [at > 0 ? html`<br />` : nothing, inline(line)]);
    return quote ? html`<blockquote>${body}</blockquote>` : body;
  });
}

/** @param {string} text @returns {unknown[]} */
function inline(text) {
  /** @type {unknown[]} */
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(inlineParts)) {
    const made = part(match);
    if (made === undefined) continue;
    if (match.index > from) parts.push(unescaped(text.slice(from, match.index)));
    parts.push(made);
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(unescaped(text.slice(from)));
  return parts;
}

/** @param {RegExpMatchArray} match */
function part([, code, token, bold, italic, struck, name, url]) {
  if (code !== undefined) return html`<code>${unescaped(code)}</code>`;
  if (token !== undefined) return bracketed(token);
  if (bold !== undefined) return html`<strong>${inline(bold)}</strong>`;
  if (italic !== undefined) return html`<em>${inline(italic)}</em>`;
  if (struck !== undefined) return html`<s>${inline(struck)}</s>`;
  if (name !== undefined) return emoji(name);
  if (url !== undefined) return link(unescaped(url), unescaped(url));
}

/** @param {string} token */
function bracketed(token) {
  const bar = token.indexOf('|');
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(token.slice(bar + 1));
  const date = target.match(/^!date\^(\d+)\^([^^]*)/);
  const ms = Number(date?.[1]) * 1000;
  // A moment that no calendar has stays as it was written.
  if (date && Math.abs(ms) < 8.64e15) {
    const zone = myZone();
    const words = dateToken(date[2] ?? '', ms, nowMs(), zone);
    return html`<time datetime=${new Date(ms).toISOString()} title="${new Date(ms).toUTCString()}">${words}</time>`;
  }
  const group = target.match(/^!subteam\^(\w+)/)?.[1];
  if (group) return mention(`@${shown().groups.find(({ id }) => id === group)?.handle ?? label ?? group}`);
  const range = target.match(/^!(channel|here|everyone)$/)?.[1];
  if (range) return mention(`@${range}`);
  const user = target.match(/^@(\w+)$/)?.[1];
  if (user) return mention(`@${personOf(user).name}`, user === shown().me);
  const channel = target.match(/^#(\w+)$/)?.[1];
  if (channel) return mention(`#${channelOf(channel)?.name ?? label ?? channel}`);
  if (/^(https?|mailto|tel):/i.test(target)) return link(unescaped(target), label ?? unescaped(target));
  return undefined;
}

/** @param {string} words @param {boolean} [me] */
function mention(words, me = false) {
  return html`<span class="mention ${me ? 'me' : ''}">${words}</span>`;
}

/** @param {string} url @param {string} label */
export function link(url, label) {
  return html`<a href=${url} target="_blank" rel="noreferrer noopener">${label}</a>`;
}

/** A text object of Block Kit. @param {unknown} object @returns {unknown} */
export function textOf(object) {
  if (typeof object !== 'object' || object === null || !('text' in object)) return nothing;
  return 'type' in object && object.type === 'mrkdwn' ? mrkdwn(object.text) : plain(object.text);
}
