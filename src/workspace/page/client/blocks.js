/** Block Kit blocks as templates. A kind that this page can't draw says so instead of leaving a gap. */

import { html, nothing } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { element } from './elements.js';
import { inputBlock } from './inputs.js';
import { list } from './lists.js';
import { markdown } from './markdown.js';
import { plain, textOf } from './mrkdwn.js';
import { ownAddress } from './own.js';
import { richText } from './rich-text.js';

/**
 * @import { SurfaceRef } from '../contract.ts'
 * @typedef {Record<string, any>} Block As Slack's wire has it: checked by the server, read with care here.
 * @typedef {{ ref: SurfaceRef, errors?: Record<string, string>, values?: Record<string, Record<string, any>> }} Surface
 */

/** @param {Block[]} list @param {Surface} surface */
export function blocks(list, surface) {
  return list.map((block, at) => keyed(`${block.block_id ?? at} ${block.type}`, one(block, surface)));
}

/** @type {Record<string, (block: Block, surface: Surface) => unknown>} */
const kinds = {
  header: (block) => html`<p class="block-header" role="heading" aria-level="2">${textOf(block.text)}</p>`,
  divider: () => html`<hr />`,
  section,
  context: (block) => html`<div class="block-context">${list(block.elements).map(contextPart)}</div>`,
  actions: (block, surface) =>
    html`<div class="block-actions">${list(block.elements).map((part) => element(part, block, surface))}</div>`,
  image: (block) =>
    html`<figure class="block-image">
      ${block.title ? html`<figcaption>${textOf(block.title)}</figcaption>` : nothing}
      ${picture(block)}
    </figure>`,
  markdown: (block) => markdown(block.text),
  rich_text: (block) => richText(block),
  table: (block) => tableBlock(block),
  alert: (block) => html`<div class="block-alert ${block.level ?? 'default'}">${textOf(block.text)}</div>`,
  input: (block, surface) => inputBlock(block, surface),
};

/** @param {Block} block @param {Surface} surface */
function one(block, surface) {
  return (
    kinds[block.type]?.(block, surface) ?? html`<p class="unshown">A block of the kind ${block.type} stands here.</p>`
  );
}

/** @param {Block} block @param {Surface} surface */
function section(block, surface) {
  const fields = list(block.fields);
  return html`<div class="block-section">
    <div class="block-text">
      ${block.text ? html`<div>${textOf(block.text)}</div>` : nothing}
      ${fields.length ? html`<div class="fields">${fields.map((field) => html`<div>${textOf(field)}</div>`)}</div>` : nothing}
    </div>
    ${block.accessory ? html`<div class="accessory">${accessory(block, surface)}</div>` : nothing}
  </div>`;
}

/** @param {Block} block @param {Surface} surface */
function accessory(block, surface) {
  return block.accessory.type === 'image' ? picture(block.accessory) : element(block.accessory, block, surface);
}

/** @param {Block} part */
function contextPart(part) {
  return part.type === 'image' ? picture(part) : html`<span>${textOf(part)}</span>`;
}

/** A picture of this workspace; others are not loaded: the page asks nobody outside. @param {Block} image */
function picture(image) {
  const url = ownAddress(image.image_url);
  return url
    ? html`<img src=${url} alt=${image.alt_text ?? ''} loading="lazy" />`
    : html`<span class="unshown">Picture: ${image.alt_text ?? 'without a description'}</span>`;
}

/** @param {Block} block */
function tableBlock(block) {
  const [head, ...rows] = list(block.rows);
  const cell = (/** @type {Block} */ part) =>
    part.type === 'rich_text' ? richText(part) : plain(part.text ?? String(part.value ?? ''));
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label="Table"><table>
    <thead><tr>${list(head).map((part) => html`<th scope="col">${cell(part)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${list(row).map((part) => html`<td>${cell(part)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
