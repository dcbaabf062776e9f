/** Inputs of dialogs, and the pickers that messages share with them. */

import { html, nothing } from 'lit-html';
import { plain, textOf } from './mrkdwn.js';
import { channelOf, shown } from './store.js';

/**
 * @import { Block, Surface } from './blocks.js'
 * @import { ChoiceGiven } from '../contract.ts'
 * @typedef {{ name: string, label: string, given: Record<string, any> | undefined, onChoice?: (choice: ChoiceGiven) => void }} Field
 */

/** @param {Block} block @param {Surface} surface */
export function inputBlock(block, surface) {
  const part = block.element ?? {};
  const id = `in-${block.block_id}`;
  const error = surface.errors?.[block.block_id];
  const given = surface.values?.[block.block_id]?.[part.action_id];
  const name = `${block.block_id}/${part.action_id}`;
  const label = plain(block.label?.text);
  const field = picker(part, { name, label, given });
  const several = part.type === 'checkboxes' || part.type === 'radio_buttons';
  const title = html`${label}${block.optional ? html` <span class="faint">(optional)</span>` : nothing}`;
  const rest = html`
    ${error ? html`<p class="error" id="${id}-error" role="alert">${error}</p>` : nothing}
    ${block.hint ? html`<p class="hint">${textOf(block.hint)}</p>` : nothing}
  `;
  if (several)
    return html`<fieldset class="field ${error ? 'wrong' : ''}"><legend>${title}</legend>${field}${rest}</fieldset>`;
  return html`<div class="field ${error ? 'wrong' : ''}"><label>${title}${field}</label>${rest}</div>`;
}

/** The control of one element; undefined for a kind that this page can't show. @param {Block} part @param {Field} field @returns {unknown} */
export function picker(part, field) {
  const { name, label, given, onChoice } = field;
  const tell =
    onChoice && ((/** @type {Event} */ event) => onChoice(givenIn(/** @type {any} */ (event.currentTarget))));
  const text = (/** @type {string} */ type) =>
    html`<input
      class="input"
      type=${type}
      name=${name}
      data-kind="text"
      aria-label=${onChoice ? label : nothing}
      placeholder=${plain(part.placeholder?.text) || nothing}
      step=${part.is_decimal_allowed ? 'any' : nothing}
      value=${given?.value ?? given?.selected_date ?? given?.selected_time ?? part.initial_value ?? part.initial_date ?? part.initial_time ?? ''}
      @change=${tell ?? nothing}
      ?autofocus=${part.focus_on_load === true}
    />`;
  switch (part.type) {
    case 'plain_text_input':
      return part.multiline
        ? html`<textarea class="input" name=${name} data-kind="text" rows="4" placeholder=${plain(part.placeholder?.text) || nothing} .defaultValue=${given?.value ?? part.initial_value ?? ''}></textarea>`
        : text('text');
    case 'email_text_input':
      return text('email');
    case 'url_text_input':
      return text('url');
    case 'number_input':
      return text('number');
    case 'datepicker':
      return text('date');
    case 'timepicker':
      return text('time');
    case 'datetimepicker':
      return html`<input class="input" type="datetime-local" name=${name} data-kind="moment" aria-label=${onChoice ? label : nothing} @change=${tell ?? nothing} />`;
    case 'checkboxes':
    case 'radio_buttons':
      return ticks(part, field);
    default:
      return /_select$/.test(String(part.type)) ? select(part, field, tell) : undefined;
  }
}

/** @param {Block} part @param {Field} field */
function ticks(part, { name, given, onChoice }) {
  const type = part.type === 'checkboxes' ? 'checkbox' : 'radio';
  const chosen = new Set(
    [given?.selected_options ?? part.initial_options ?? [], given?.selected_option ?? part.initial_option ?? []]
      .flat()
      .map((option) => option.value),
  );
  const tell = (/** @type {Event} */ event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget);
    const on = [...box.querySelectorAll('input:checked')].map((input) => /** @type {HTMLInputElement} */ (input).value);
    onChoice?.(type === 'checkbox' ? on : (on[0] ?? null));
  };
  return html`<div class="ticks" @change=${onChoice ? tell : nothing}>${(part.options ?? []).map(
    (/** @type {Block} */ option) => html`<label class="tick"
      ><input type=${type} name=${name} data-kind=${type} value=${option.value} ?checked=${chosen.has(option.value)} />
      <span>${textOf(option.text)}${option.description ? html`<small>${textOf(option.description)}</small>` : nothing}</span></label
    >`,
  )}</div>`;
}

/** @param {Block} part @param {Field} field @param {((event: Event) => void) | undefined} tell */
function select(part, { name, label, given, onChoice }, tell) {
  const many = part.type.startsWith('multi_');
  const hint = plain(part.placeholder?.text) || 'Choose';
  return html`<select class="select" name=${name} data-kind=${many ? 'many' : 'select'} ?multiple=${many} aria-label=${onChoice ? label : nothing} @change=${tell ?? nothing}>
    ${many ? nothing : html`<option value="">${hint}</option>`}
    ${options(part, given)}
  </select>`;
}

/** Options of a menu, also of those whose options are people or channels. @param {Block} part @param {any} given */
export function options(part, given) {
  const { people, channels } = shown();
  const kind = String(part.type).replace('multi_', '');
  const picked = new Set(
    Object.entries({ ...part, ...given })
      .filter(([name]) => /^(initial|selected)_/.test(name))
      .flatMap(([, value]) => [value].flat())
      .concat(given?.value ?? [])
      .map((value) => value?.value ?? value),
  );
  const option = (/** @type {string} */ value, /** @type {unknown} */ label) =>
    html`<option value=${value} ?selected=${picked.has(value)}>${label}</option>`;
  if (kind === 'users_select') return people.map((user) => option(user.id, `@${user.name}`));
  if (kind === 'channels_select' || kind === 'conversations_select')
    return channels.map(({ id }) => option(id, `#${channelOf(id)?.name ?? id}`));
  const plainOptions = (/** @type {Block[]} */ list) => list.map(({ value, text }) => option(value, plain(text?.text)));
  if (Array.isArray(part.option_groups))
    return part.option_groups.map(
      (group) => html`<optgroup label=${plain(group.label?.text)}>${plainOptions(group.options ?? [])}</optgroup>`,
    );
  return plainOptions(part.options ?? []);
}

/** @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} control @returns {ChoiceGiven} */
function givenIn(control) {
  if (control instanceof HTMLSelectElement && control.multiple)
    return [...control.selectedOptions].map(({ value }) => value);
  if (control.dataset.kind === 'moment') return control.value ? Math.floor(Date.parse(control.value) / 1000) : null;
  return control.value === '' ? null : control.value;
}

/** What stands in a dialog's form, by `block_id/action_id`. @param {HTMLFormElement} form */
export function formValues(form) {
  /** @type {Record<string, ChoiceGiven>} */
  const values = {};
  for (const control of form.elements) {
    if (
      !(
        control instanceof HTMLInputElement ||
        control instanceof HTMLSelectElement ||
        control instanceof HTMLTextAreaElement
      )
    )
      continue;
    const { name } = control;
    if (!name) continue;
    if (control instanceof HTMLInputElement && control.type === 'checkbox') {
      const before = values[name];
      const on = Array.isArray(before) ? before : [];
      values[name] = control.checked ? [...on, control.value] : on;
    } else if (control instanceof HTMLInputElement && control.type === 'radio') {
      if (control.checked) values[name] = control.value;
      else values[name] ??= null;
    } else values[name] = givenIn(control);
  }
  return values;
}
