/** The dialog on top of this person's screen. */

import { html, nothing } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { ref } from 'lit-html/directives/ref.js';
import { blocks } from './blocks.js';
import { notice, perform } from './doing.js';
import { instead } from './handlers.js';
import { cross } from './icons.js';
import { formValues } from './inputs.js';
import { plain } from './mrkdwn.js';
import { changed, shown, state } from './store.js';

/** What the server said of the fields, by view. @type {Map<string, Record<string, string>>} */
const wrong = new Map();

export function dialogs() {
  const view = shown().views.at(-1);
  if (!view) {
    wrong.clear();
    return nothing;
  }
  const title = plain(/** @type {any} */ (view.title)?.text);
  const submitLabel = plain(/** @type {any} */ (view.submit)?.text);
  const close = () => perform({ kind: 'dismiss' }, 'Closing');
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const values = formValues(/** @type {HTMLFormElement} */ (event.currentTarget));
    const outcome = await perform({ kind: 'submit', view: view.id, values }, title);
    if (outcome.errors) wrong.set(view.id, outcome.errors);
    else wrong.delete(view.id);
    if (!outcome.ok && !outcome.errors) notice(outcome.message ?? `${title}: ${outcome.error}`);
    changed();
  };
  return keyed(
    view.id,
    html`<dialog
      class="dialog"
      aria-label=${title}
      ${ref(showAsModal)}
      @cancel=${instead(close)}
    >
      <form @submit=${submit} novalidate>
        <header>
          <h2>${title}</h2>
          <button type="button" class="icon" aria-label="Close" @click=${close}>${cross}</button>
        </header>
        <div class="dialog-body" tabindex="0">
          ${blocks(view.blocks, { ref: { view: view.id }, values: view.values, errors: wrong.get(view.id) ?? {} })}
        </div>
        <div class="dialog-end">
          <button type="button" class="button" @click=${close}>${plain(/** @type {any} */ (view.close)?.text) || 'Close'}</button>
          ${submitLabel ? html`<button type="submit" class="button primary" aria-busy=${state.busy.has('submit')}>${submitLabel}</button>` : nothing}
        </div>
      </form>
    </dialog>`,
  );
}

/** @param {Element | undefined} element */
function showAsModal(element) {
  if (!(element instanceof HTMLDialogElement) || element.open) return;
  queueMicrotask(() => {
    if (!element.isConnected || element.open) return;
    element.showModal();
    const first = element.querySelector('.dialog-body :is(input, textarea, select)');
    if (first instanceof HTMLElement) first.focus();
  });
}
