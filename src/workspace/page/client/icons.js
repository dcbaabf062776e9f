/** Signs that no font needs to have. */

import { html } from 'lit-html';

/** @param {string} path */
function icon(path) {
  return html`<svg class="sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d=${path} /></svg>`;
}

export const cross = icon('M5 5l10 10M15 5L5 15');
export const bars = icon('M3 5.5h14M3 10h14M3 14.5h14');
export const tick = icon('M4.5 10.5l3.5 3.5 7.5-8');
export const dots = '···';
export const down = icon('M5.5 8l4.5 4.5L14.5 8');
export const right = icon('M4 10h12M11 5l5 5-5 5');
export const left = icon('M16 10H4M9 5l-5 5 5 5');
