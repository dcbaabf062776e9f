/** The demo system's switches: what is on is broken. */

import { html } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { order } from './doing.js';
import { shown } from './store.js';

export function switchesCard() {
  const { switches, system } = shown();
  const broken = switches.filter(({ on }) => on).length;
  const repair = async () => {
    for (const { id, on } of switches) if (on) await order({ kind: 'switch', id, on: false }, 'The switch');
  };
  return html`<section class="card" id="card-switches" aria-labelledby="switches-title">
    <h3 id="switches-title">
      ${system} <span class="pill ${broken ? 'bad' : 'good'}">${broken ? `${broken} broken` : 'all well'}</span>
    </h3>
    <p class="faint small">Break something, then ask <code>/ops health</code>. An alert comes by itself within two minutes.</p>
    <ul class="switches">
      ${switches.map(
        ({ id, label, help, on }) => html`<li>
          <label class="switch">
            <input
              type="checkbox"
              role="switch"
              data-switch=${id}
              .checked=${live(on)}
              @change=${(/** @type {Event} */ event) =>
                order({ kind: 'switch', id, on: /** @type {HTMLInputElement} */ (event.currentTarget).checked }, label)}
            />
            <span class="slide" aria-hidden="true"></span>
            <span><span class="switch-label">${label}</span><small>${help}</small></span>
          </label>
        </li>`,
      )}
    </ul>
    <button type="button" class="button" ?disabled=${broken === 0} @click=${repair}>Repair everything</button>
  </section>`;
}
