/** A menu behind a button: what is chosen in it happens at once, so nothing may be chosen by merely passing over it. */

import { html, nothing } from 'lit-html';

/** @typedef {{ value: string, label: unknown }} Entry */

let made = 0;
/** Ids of menus, by what they stand for: the same as long as the page is open. @type {Map<string, string>} */
const ids = new Map();

/**
 * `name` tells menus apart, `says` is what its button shows.
 * @param {{ name: string, label: string, says: unknown, entries: Entry[], chosen?: string, kind?: string, onChoice: (value: string) => void }} menu
 */
export function menu({ name, label, says, entries, chosen, kind = 'button', onChoice }) {
  const id = ids.get(name) ?? `menu-${++made}`;
  ids.set(name, id);
  const pick = (/** @type {string} */ value) => {
    document.getElementById(id)?.hidePopover();
    onChoice(value);
  };
  return html`<button type="button" class="${kind} menu-button" aria-label=${label} aria-haspopup="menu" popovertarget=${id}>
      ${says}
    </button>
    <div class="menu" id=${id} popover role="menu" aria-label=${label} @toggle=${opened} @keydown=${walked}>
      ${entries.map(
        ({ value, label: words }) => html`<button
          type="button"
          role="menuitemradio"
          aria-checked=${value === chosen}
          class=${value === chosen ? 'chosen' : nothing}
          @click=${() => pick(value)}
        >
          ${words}
        </button>`,
      )}
    </div>`;
}

/** Puts an opened menu below its button, or above it where there is no room. @param {ToggleEvent} event */
function opened(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  list.classList.toggle('placed', event.newState === 'open');
  if (event.newState !== 'open') return;
  const button = document.querySelector(`[popovertarget="${list.id}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const below = at.bottom + list.offsetHeight + 8 < innerHeight;
  list.style.top = `${Math.max(4, below ? at.bottom + 4 : at.top - list.offsetHeight - 4)}px`;
  list.style.left = `${Math.max(4, Math.min(at.left, innerWidth - list.offsetWidth - 8))}px`;
  const first = list.querySelector('.chosen') ?? list.querySelector('button');
  if (first instanceof HTMLElement) first.focus();
}

/** Arrow keys walk through the entries. @param {KeyboardEvent} event */
function walked(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const entries = [...list.querySelectorAll('button')];
  const at = entries.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  entries[(at + step + entries.length) % entries.length]?.focus();
}
