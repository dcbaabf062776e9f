/** Markdown blocks: marked reads them, its tokens become templates. Raw HTML is shown as text. */

import { html, nothing } from 'lit-html';
import { marked } from 'marked';
import { link, plain } from './mrkdwn.js';

/** @import { Token, Tokens } from 'marked' */

/** @param {unknown} source */
export function markdown(source) {
  if (typeof source !== 'string') return nothing;
  return html`<div class="markdown">${marked.lexer(source, { gfm: true }).map(block)}</div>`;
}

/** @param {Token} token @returns {unknown} */
function block(token) {
  const inner = () => spans('tokens' in token ? token.tokens : undefined);
  switch (token.type) {
    case 'heading':
      return html`<p class="md-heading" role="heading" aria-level="2">${inner()}</p>`;
    case 'paragraph':
      return html`<p>${inner()}</p>`;
    case 'text':
      return inner();
    case 'blockquote':
      return html`<blockquote>${token.tokens?.map(block)}</blockquote>`;
    case 'code':
      return html`<pre class="code">${token.text}</pre>`;
    case 'hr':
      return html`<hr />`;
    case 'list':
      return list(/** @type {Tokens.List} */ (token));
    case 'table':
      return table(/** @type {Tokens.Table} */ (token));
    case 'space':
    case 'def':
      return nothing;
    default:
      return plain(token.raw);
  }
}

/** @param {Tokens.List} token */
function list({ ordered, start, items }) {
  const rows = items.map(
    (item) =>
      html`<li>${item.task ? (item.checked ? '☑ ' : '☐ ') : nothing}${item.tokens
        .filter(({ type }) => type !== 'checkbox')
        .map(block)}</li>`,
  );
  return ordered ? html`<ol start=${start || 1}>${rows}</ol>` : html`<ul>${rows}</ul>`;
}

/** @param {Tokens.Table} token */
function table({ header, rows }) {
  return html`<div class="table-wrap"><table>
    <thead><tr>${header.map((cell) => html`<th scope="col">${spans(cell.tokens)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${spans(cell.tokens)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** @param {Token[] | undefined} tokens @returns {unknown} */
function spans(tokens) {
  return (tokens ?? []).map((token) => {
    const inner = () => spans('tokens' in token ? token.tokens : undefined);
    switch (token.type) {
      case 'strong':
        return html`<strong>${inner()}</strong>`;
      case 'em':
        return html`<em>${inner()}</em>`;
      case 'del':
        return html`<s>${inner()}</s>`;
      case 'codespan':
        return html`<code>${token.text}</code>`;
      case 'br':
        return html`<br />`;
      case 'link':
        return /^(https?|mailto):/i.test(token.href) ? link(token.href, token.text) : token.text;
      case 'text':
      case 'escape':
        return 'tokens' in token && token.tokens ? inner() : plain(token.text);
      default:
        return plain(token.raw);
    }
  });
}
