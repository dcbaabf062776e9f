/** Interactive elements outside of inputs: pressed or chosen, they tell the bot at once. */

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { confirming } from './confirm.js';
import { choose, press } from './doing.js';
import { dots } from './icons.js';
import { options, picker } from './inputs.js';
import { plain } from './mrkdwn.js';
import { state } from './store.js';

/** @import { Block, Surface } from './blocks.js' */

/** @param {Block} part @param {Block} block @param {Surface} surface @returns {unknown} */
export function element(part, block, surface) {
  if (part.type === 'button' || part.type === 'workflow_button') return button(part, block, surface);
  if (part.type === 'icon_button') return button({ ...part, text: part.text ?? { text: 'Delete' } }, block, surface);
  if (part.type === 'overflow') return overflow(part, block, surface);
  if (part.type === 'static_select') return select(part, block, surface);
  const given = surface.values?.[block.block_id]?.[part.action_id];
  const key = `${block.block_id}/${part.action_id}`;
  const label = plain(part.placeholder?.text) || part.action_id;
  const say = (/** @type {import('../contract.ts').ChoiceGiven} */ choice) =>
    confirming(part.confirm, () => choose(surface.ref, block.block_id, part.action_id, choice));
  return picker(part, { name: key, label, given, onChoice: say }) ?? nothing;
}

/** @param {Block} part @param {Block} block @param {Surface} surface */
function button(part, block, surface) {
  const busy = state.busy.has(`${block.block_id}/${part.action_id}`);
  const label = plain(part.text?.text);
  const go = () => confirming(part.confirm, () => press(surface.ref, block.block_id, part.action_id));
  if (typeof part.url === 'string' && /^(https?|mailto):/i.test(part.url))
    return html`<a class="button ${part.style ?? ''}" href=${part.url} target="_blank" rel="noreferrer noopener" @click=${go}
      >${label}</a
    >`;
  return html`<button
    type="button"
    class="button ${part.style ?? ''}"
    data-action=${part.action_id}
    aria-label=${part.accessibility_label ?? nothing}
    aria-busy=${busy}
    @click=${busy ? nothing : go}
  >
    ${label}
  </button>`;
}

/** @param {Block} part @param {Block} block @param {Surface} surface */
function select(part, block, surface) {
  const given = surface.values?.[block.block_id]?.[part.action_id]?.selected_option ?? part.initial_option;
  const label = plain(part.placeholder?.text) || 'Choose';
  const pick = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const chosen = field.value;
    if (!given) field.value = '';
    if (chosen) confirming(part.confirm, () => choose(surface.ref, block.block_id, part.action_id, chosen));
  };
  return html`<select class="select" aria-label=${label} .value=${live(given?.value ?? '')} @change=${pick}>
    <option value="" selected hidden>${label}</option>
    ${options(part, given)}
  </select>`;
}

/** A menu behind three dots, as a select that never keeps what was chosen. */
/** @param {Block} part @param {Block} block @param {Surface} surface */
function overflow(part, block, surface) {
  const pick = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const { value } = field;
    field.value = '';
    if (value) confirming(part.confirm, () => choose(surface.ref, block.block_id, part.action_id, value));
  };
  return html`<select class="select overflow" aria-label="More actions" @change=${pick}>
    <option value="" selected hidden>${dots}</option>
    ${options(part, undefined)}
  </select>`;
}
