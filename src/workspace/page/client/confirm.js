/** "Are you sure?", where an element asks for it. */

import { html, render } from 'lit-html';
import { plain, textOf } from './mrkdwn.js';

/** Does it at once, or after a yes. @param {Record<string, any> | undefined} confirm @param {() => unknown} go */
export function confirming(confirm, go) {
  if (!confirm) return void go();
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog small';
  dialog.setAttribute('aria-label', plain(confirm.title?.text) || 'Are you sure?');
  const close = () => dialog.close();
  const yes = () => {
    close();
    go();
  };
  render(
    html`<h2>${plain(confirm.title?.text) || 'Are you sure?'}</h2>
      <div>${textOf(confirm.text)}</div>
      <div class="dialog-end">
        <button type="button" class="button" @click=${close}>${plain(confirm.deny?.text) || 'Cancel'}</button>
        <button type="button" class="button ${confirm.style ?? 'primary'}" @click=${yes}>
          ${plain(confirm.confirm?.text) || 'Yes'}
        </button>
      </div>`,
    dialog,
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
