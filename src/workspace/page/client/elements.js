/** Interactive elements outside of inputs: pressed or chosen, they tell the bot at once. */

import { html, nothing } from 'lit-html';
import { confirming } from './confirm.js';
import { choose, press } from './doing.js';
import { dots, down } from './icons.js';
import { picker } from './inputs.js';
import { list } from './lists.js';
import { menu } from './menu.js';
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
  return menu({
    name: nameOf(surface, block, part),
    label,
    says: html`${given ? plain(given.text?.text) : label} ${down}`,
    entries: entriesOf(part),
    chosen: given?.value,
    onChoice: chooses(part, block, surface),
  });
}

/** A menu behind three dots. */
/** @param {Block} part @param {Block} block @param {Surface} surface */
function overflow(part, block, surface) {
  return menu({
    name: nameOf(surface, block, part),
    label: 'More actions',
    says: dots,
    entries: entriesOf(part),
    onChoice: chooses(part, block, surface),
  });
}

/** @param {Block} part @param {Block} block @param {Surface} surface @returns {(value: string) => void} */
function chooses(part, block, surface) {
  return (value) => confirming(part.confirm, () => choose(surface.ref, block.block_id, part.action_id, value));
}

/** @param {Surface} surface @param {Block} block @param {Block} part */
function nameOf({ ref }, block, part) {
  return `${'view' in ref ? ref.view : `${ref.channel} ${ref.ts}`} ${block.block_id}/${part.action_id}`;
}

/** @param {Block} part @returns {import('./menu.js').Entry[]} */
function entriesOf(part) {
  const all = [...list(part.options), ...list(part.option_groups).flatMap((group) => list(group.options))];
  return all.map(({ value, text }) => ({ value, label: plain(text?.text) }));
}
