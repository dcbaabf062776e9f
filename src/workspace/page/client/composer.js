/** Where people type: messages, and `/ops …` with what it can be completed to. */

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { send } from './doing.js';
import { instead } from './handlers.js';
import { changed, shown, state } from './store.js';

/** @import { Completion } from '../contract.ts' */

const most = 6;
/** Which offer is marked, by composer; -1 = none. @type {Map<string, number>} */
const marked = new Map();
/** Composers whose offers were sent away with Escape. @type {Set<string>} */
const quiet = new Set();

/** What a line can be completed to. @param {string} typed @returns {Completion[]} */
export function offers(typed) {
  if (!typed.startsWith('/')) return [];
  const wanted = typed.toLowerCase();
  const all = shown().completions;
  const fits = all.filter(({ line }) => line.toLowerCase().startsWith(wanted.trimEnd()) && line !== typed);
  const words = wanted.split(/\s+/).filter(Boolean).slice(1);
  const near = all.filter(
    (offer) =>
      !fits.includes(offer) && words.length > 0 && words.every((word) => offer.line.toLowerCase().includes(word)),
  );
  return [...fits, ...(wanted.endsWith(' ') ? [] : near)].filter(({ line }) => line !== typed).slice(0, most);
}

/** @param {string} key @param {boolean} completes */
function current(key, completes) {
  const draft = state.drafts.get(key) ?? '';
  const list = completes && !quiet.has(key) ? offers(draft) : [];
  return { draft, list, at: Math.min(marked.get(key) ?? -1, list.length - 1) };
}

/** @param {{ channel: string, threadTs?: string, label: string }} options */
export function composer({ channel, threadTs, label }) {
  const key = threadTs ? `${channel} ${threadTs}` : channel;
  const { draft, list, at } = current(key, threadTs === undefined);
  const listId = `offers-${channel}`;

  const put = (/** @type {string} */ text) => {
    state.drafts.set(key, text);
    marked.set(key, -1);
    changed();
  };
  const take = (/** @type {Completion} */ offer) => {
    put(offer.usage ? `${offer.line} ` : offer.line);
    focusComposer();
  };
  const go = () => {
    const text = state.drafts.get(key) ?? '';
    if (text.trim() === '') return;
    put('');
    quiet.delete(key);
    send(channel, text, threadTs);
  };
  const typed = (/** @type {InputEvent} */ event) => {
    quiet.delete(key);
    put(/** @type {HTMLTextAreaElement} */ (event.currentTarget).value);
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    // As it is now, which may be a frame ahead of what is drawn.
    const { list, at } = current(key, threadTs === undefined);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && list.length > 0) {
      event.preventDefault();
      marked.set(key, at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length);
      return changed();
    }
    const offer = list[at];
    if (event.key === 'Escape' && list.length > 0) {
      event.stopPropagation();
      quiet.add(key);
      return changed();
    }
    if (event.key === 'Tab' && !event.shiftKey && list.length > 0) {
      event.preventDefault();
      return take(offer ?? /** @type {Completion} */ (list[0]));
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (offer) take(offer);
    else go();
  };

  return html`<form class="composer" @submit=${instead(go)}>
    ${
      list.length > 0
        ? html`<ul class="offers" id=${listId} role="listbox" aria-label="What can be typed">
            ${list.map(
              (offer, index) => html`<li
                id="${listId}-${index}"
                role="option"
                aria-selected=${index === at}
                @mousedown=${instead(() => take(offer))}
              >
                <span class="line">${offer.line} <span class="faint">${offer.usage}</span></span>
                <span class="summary">${offer.summary}</span>
              </li>`,
            )}
          </ul>`
        : nothing
    }
    <textarea
      rows="1"
      aria-label=${label}
      placeholder=${label}
      aria-controls=${list.length > 0 ? listId : nothing}
      aria-autocomplete=${threadTs ? nothing : 'list'}
      aria-activedescendant=${at >= 0 ? `${listId}-${at}` : nothing}
      data-composer=${threadTs ? 'thread' : 'channel'}
      .value=${live(draft)}
      @input=${typed}
      @keydown=${pressed}
    ></textarea>
    <button type="submit" class="send" ?disabled=${draft.trim() === ''}>Send</button>
  </form>`;
}

/** @param {'channel' | 'thread'} [which] */
export function focusComposer(which = 'channel') {
  requestAnimationFrame(() => {
    const field = document.querySelector(`textarea[data-composer="${which}"]`);
    if (!(field instanceof HTMLTextAreaElement)) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
}
