/** The clock that can be moved, so that nobody waits for 09:00. */

import { html, render } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { order } from './doing.js';
import { instead } from './handlers.js';
import { changed, nowMs, state } from './store.js';
import { clockSeconds, day } from './time.js';

/** @import { ClockShown } from '../contract.ts' */

const speeds = [1, 60, 600];
let wanted = '09:00';

/** Where the time walks by itself, without all else being drawn. @type {Element | undefined} */
let face;

export function keepTicking() {
  setInterval(() => {
    if (!document.hidden) drawFace();
  }, 1000);
}

function drawFace() {
  const zone = state.is?.clock?.zone;
  if (!face?.isConnected || !zone) return;
  const now = nowMs();
  render(
    html`<time datetime=${new Date(now).toISOString()}>${clockSeconds(now, zone)}</time>
      <span class="faint">${day(now, zone)}, ${zone}</span>`,
    /** @type {HTMLElement} */ (face),
  );
}

/** @param {ClockShown} clock */
export function clockCard({ speed }) {
  const jump = (/** @type {string} */ to) => order({ kind: 'clock_jump', to }, 'The clock');
  return html`<section class="card" id="card-clock" aria-labelledby="clock-title">
    <h3 id="clock-title">Clock</h3>
    <p class="clock-face" ${ref((element) => begin(element))}></p>
    <div class="row" role="group" aria-label="Speed">
      ${speeds.map(
        (each) => html`<button
          type="button"
          class="button"
          aria-pressed=${each === speed}
          @click=${() => order({ kind: 'clock_speed', speed: each }, 'The clock')}
        >
          × ${each}
        </button>`,
      )}
    </div>
    <form class="row" @submit=${instead(() => jump(wanted))}>
      <label class="row">
        <span class="hidden">Jump to</span>
        <input
          class="input"
          type="time"
          required
          value=${wanted}
          @input=${(/** @type {Event} */ event) => {
            wanted = /** @type {HTMLInputElement} */ (event.currentTarget).value;
            changed();
          }}
        />
      </label>
      <button type="submit" class="button">Jump to ${wanted || '…'}</button>
    </form>
    <p class="faint small">Regular checks, alerts, mutes and deadlines follow it. It only goes forward.</p>
  </section>`;
}

/** @param {Element | undefined} element */
function begin(element) {
  face = element;
  drawFace();
}
