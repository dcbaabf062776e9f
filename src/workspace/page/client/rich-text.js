/** rich_text blocks: what people's own messages and table cells are made of. */

import { html, nothing } from 'lit-html';
import { emoji } from './emoji.js';
import { list } from './lists.js';
import { link } from './mrkdwn.js';
import { channelOf, personOf, shown } from './store.js';

/** @import { Part } from './lists.js' */

/** @param {Part} block */
export function richText(block) {
  return list(block.elements).map(section);
}

/** @param {Part} part @returns {unknown} */
function section(part) {
  const inner = () => list(part.elements).map(leaf);
  switch (part.type) {
    case 'rich_text_list': {
      const items = list(part.elements).map((item) => html`<li>${section(item)}</li>`);
      return part.style === 'ordered' ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case 'rich_text_quote':
      return html`<blockquote>${inner()}</blockquote>`;
    case 'rich_text_preformatted':
      return html`<pre class="code">${list(part.elements).map(({ text, url }) => text ?? url)}</pre>`;
    default:
      return html`<span>${inner()}</span>`;
  }
}

/** @param {Part} part @returns {unknown} */
function leaf(part) {
  switch (part.type) {
    case 'text':
      return styled(String(part.text ?? ''), part.style ?? {});
    case 'link':
      return /^(https?|mailto):/i.test(part.url) ? link(part.url, part.text ?? part.url) : (part.text ?? part.url);
    case 'user':
      return html`<span class="mention">@${personOf(part.user_id).name}</span>`;
    case 'usergroup':
      return html`<span class="mention"
        >@${shown().groups.find(({ id }) => id === part.usergroup_id)?.handle ?? part.usergroup_id}</span
      >`;
    case 'channel':
      return html`<span class="mention">#${channelOf(part.channel_id)?.name ?? part.channel_id}</span>`;
    case 'broadcast':
      return html`<span class="mention">@${part.range}</span>`;
    case 'emoji':
      return emoji(part.name) ?? `:${part.name}:`;
    default:
      return part.fallback ?? nothing;
  }
}

/** @param {string} text @param {{ bold?: boolean, italic?: boolean, strike?: boolean, code?: boolean }} style */
function styled(text, style) {
  /** @type {unknown} */
  let shownText = text;
  if (style.code) shownText = html`<code>${shownText}</code>`;
  if (style.strike) shownText = html`<s>${shownText}</s>`;
  if (style.italic) shownText = html`<em>${shownText}</em>`;
  if (style.bold) shownText = html`<strong>${shownText}</strong>`;
  return shownText;
}
