/** The phone of whoever is on call: what PagerDuty would ring for, and below it what came and what is over. */

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { order } from './doing.js';
import { link } from './mrkdwn.js';
import { came } from './received.js';
import { myZone, shown } from './store.js';
import { clockTime } from './time.js';

/** @import { PageShown, ReceivedShown } from '../contract.ts' */

export function phoneCard() {
  const { pages, received } = shown();
  const ringing = pages.filter(({ status }) => status === 'triggered').length;
  const open = pages.filter(({ status }) => status !== 'resolved').reverse();
  const over = newestFirst(
    pages.filter(({ status }) => status === 'resolved'),
    received,
  );
  return html`<section class="card" id="card-phone" aria-labelledby="phone-title">
    <h3 id="phone-title">Phone ${ringing ? html`<span class="pill bad">${ringing} ringing</span>` : nothing}</h3>
    <div class="phone" tabindex="0" role="region" aria-label="What came to the phone">
      ${open.length + over.length === 0 ? html`<p class="phone-quiet">No pages</p>` : nothing}
      <div class="phone-part" aria-live="assertive">${repeat(open, keyOf, page)}</div>
      <div class="phone-part" aria-live="polite">
        ${repeat(over, keyOf, (each) => ('way' in each ? came(each) : page(each)))}
      </div>
    </div>
    <p class="faint small">
      It stands in for PagerDuty, a mail server and Twilio, where none of your own is set.
    </p>
  </section>`;
}

/** @param {PageShown[]} pages @param {ReceivedShown[]} received @returns {(PageShown | ReceivedShown)[]} */
function newestFirst(pages, received) {
  return [...received.toReversed(), ...pages.toReversed()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** @param {PageShown | ReceivedShown} each */
function keyOf(each) {
  return 'way' in each ? `came ${each.id}` : `page ${each.at} ${each.dedupKey}`;
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
