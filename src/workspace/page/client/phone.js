/** The phone of whoever is on call: what PagerDuty would ring for. */

import { html, nothing } from 'lit-html';
import { order } from './doing.js';
import { link } from './mrkdwn.js';
import { myZone, shown } from './store.js';
import { clockTime } from './time.js';

/** @import { PageShown } from '../contract.ts' */

export function phoneCard() {
  const { pages } = shown();
  const open = pages.filter(({ status }) => status === 'triggered').length;
  return html`<section class="card" id="card-phone" aria-labelledby="phone-title">
    <h3 id="phone-title">Phone ${open ? html`<span class="pill bad">${open} ringing</span>` : nothing}</h3>
    <div class="phone" aria-live="assertive">
      ${pages.length === 0 ? html`<p class="phone-quiet">No pages</p>` : pages.toReversed().map(page)}
    </div>
    <p class="faint small">It stands in for PagerDuty: what Rounds sends there rings here.</p>
  </section>`;
}

/** @param {PageShown} shownPage */
function page({ dedupKey, summary, source, severity, status, at, count, links }) {
  const press = (/** @type {'acknowledge' | 'resolve'} */ act) => order({ kind: 'page', dedupKey, act }, 'The phone');
  return html`<article class="page ${status}">
    <p class="page-head">
      <strong>${severity}</strong> ${status}${count > 1 ? ` · ${count} times` : ''} <time>${clockTime(Date.parse(at), myZone())}</time>
    </p>
    <p>${summary}</p>
    <p class="small">${source} ${links.map(({ href, text }) => (/^https?:/.test(href) ? link(href, text || href) : nothing))}</p>
    ${
      status === 'resolved'
        ? nothing
        : html`<p class="page-end">
            ${status === 'triggered' ? html`<button type="button" class="button primary" @click=${() => press('acknowledge')}>Acknowledge</button>` : nothing}
            <button type="button" class="button" @click=${() => press('resolve')}>Resolve</button>
          </p>`
    }
  </article>`;
}
