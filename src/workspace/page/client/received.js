/** E-mails, text messages and calls, as they lie on the phone. */

import { html, nothing } from 'lit-html';
import { myZone } from './store.js';
import { clockTime } from './time.js';

/** @import { ReceivedShown } from '../contract.ts' */

/** @type {Record<ReceivedShown['way'], string>} */
const nouns = { email: 'E-mail', text: 'Text', call: 'Call' };

/** @param {ReceivedShown} item */
export function came({ way, to, name, at, subject, words }) {
  return html`<article class="came ${way}">
    <p class="page-head">
      <strong>${nouns[way]}</strong> to ${name ?? to}
      ${name === undefined ? nothing : html`<span class="came-to">${to}</span>`}
      <time>${clockTime(Date.parse(at), myZone())}</time>
    </p>
    ${
      way === 'email'
        ? html`<details>
            <summary>${subject || 'no subject'}</summary>
            <p class="came-words">${words}</p>
          </details>`
        : html`<p class="came-words">${words || (way === 'call' ? 'Nothing was said.' : 'An empty text.')}</p>`
    }
  </article>`;
}
