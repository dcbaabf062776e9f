/** For people who write commands: everything that passed between the bot and the workspace, and faults to try it with. */

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { opened, order } from './doing.js';
import { down, left, right } from './icons.js';
import { menu } from './menu.js';
import { changed, myZone, shown, state } from './store.js';
import { clockSeconds } from './time.js';

/**
 * @import { Fault } from '../../faults.ts'
 * @import { TrafficShown } from '../contract.ts'
 */

const drawn = 150;

/** @param {'traffic' | 'faults'} which */
function toggle(which) {
  state.drawer = state.drawer === which ? null : which;
  if (state.drawer) opened('traffic');
  changed();
}

export function drawer() {
  const { faults } = shown();
  const standing = Object.keys(faults).length;
  return html`<section class="drawer ${state.drawer ? 'open' : ''}" aria-label="Behind the scenes">
    <div class="drawer-tabs" role="group" aria-label="Behind the scenes">
      <button type="button" aria-expanded=${state.drawer === 'traffic'} @click=${() => toggle('traffic')}>Traffic</button>
      <button type="button" aria-expanded=${state.drawer === 'faults'} @click=${() => toggle('faults')}>
        Faults${standing ? html` <span class="pill bad">${standing}</span>` : nothing}
      </button>
      <span class="faint small link ${state.link}" role="status">${linkWords()}</span>
      <button type="button" class="theme" @click=${turnTheme}>Light or dark</button>
    </div>
    ${state.drawer === 'traffic' ? traffic() : state.drawer === 'faults' ? faultList() : nothing}
  </section>`;
}

function linkWords() {
  if (state.link === 'lost') return 'The workspace does not answer; trying again. Is `npm start` running?';
  const { bot } = shown();
  return bot.connected ? 'Rounds is connected' : 'Rounds is not connected yet';
}

function turnTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('rounds-theme', root.dataset.theme);
}

function traffic() {
  const wanted = state.filter.toLowerCase();
  const fits = (/** @type {TrafficShown} */ entry) => !wanted || JSON.stringify(entry).toLowerCase().includes(wanted);
  const entries = shown().traffic.filter(fits).slice(-drawn).reverse();
  const filter = (/** @type {Event} */ event) => {
    state.filter = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    changed();
  };
  return html`<div class="drawer-body">
    <input class="input" type="search" aria-label="Filter the traffic" placeholder="Filter: a method, a word, an error" @input=${filter} />
    <div class="traffic" tabindex="0" role="region" aria-label="Traffic, newest first">
      ${entries.length === 0 ? html`<p class="empty">Nothing ${wanted ? 'fits' : 'passed yet'}.</p>` : nothing}
      ${repeat(entries, ({ id, kind }) => `${kind} ${id}`, line)}
    </div>
  </div>`;
}

/** @param {TrafficShown} entry */
function line(entry) {
  const fromBot = entry.kind === 'call';
  const outcome = fromBot ? callOutcome(entry) : entry.outcome;
  const bad = outcome !== 'ok' && outcome !== 'acked';
  return html`<details class="entry ${bad ? 'bad' : ''}">
    <summary>
      <time class="faint">${clockSeconds(Date.parse(entry.at), myZone())}</time>
      <span class="way" title=${fromBot ? 'Rounds called' : 'The workspace told Rounds'}>${fromBot ? right : left}</span>
      <code>${entry.method}</code>
      <span class="outcome">${outcome}${fromBot && entry.faulted ? ' (fault)' : ''}</span>
      <span class="faint ms">${Math.round(entry.ms)} ms</span>
    </summary>
    <div class="both">
      <div><h4>${fromBot ? 'Sent' : 'Told'}</h4><pre class="code" tabindex="0">${JSON.stringify(entry.sent, null, 2)}</pre></div>
      <div>
        <h4>Answer</h4>
        <pre class="code" tabindex="0">${entry.answer === undefined ? 'none' : JSON.stringify(entry.answer, null, 2)}</pre>
      </div>
    </div>
  </details>`;
}

/** @param {Extract<TrafficShown, { kind: 'call' }>} call */
function callOutcome({ answer, status }) {
  if (status === 0) return 'connection broken';
  if (answer && answer.ok !== false && status < 400) return 'ok';
  return typeof answer?.error === 'string' ? answer.error : `HTTP ${status}`;
}

/** @type {{ value: string, label: string, fault: Fault | null }[]} */
const kinds = [
  { value: 'none', label: 'works', fault: null },
  { value: 'delay', label: 'answers after 3 s', fault: { kind: 'delay', ms: 3000 } },
  { value: 'drop-request', label: 'connection breaks before', fault: { kind: 'drop-request' } },
  { value: 'drop-response', label: 'answer gets lost', fault: { kind: 'drop-response' } },
  { value: 'ratelimited', label: '429, wait 5 s', fault: { kind: 'ratelimited', retryAfterSeconds: 5 } },
  { value: 'http', label: 'HTTP 503', fault: { kind: 'http', status: 503 } },
  { value: 'error', label: 'internal_error', fault: { kind: 'error', error: 'internal_error' } },
];

function faultList() {
  const { faults, methods } = shown();
  const names = ['*', ...new Set([...Object.keys(faults), ...methods].filter((name) => name !== '*'))].sort();
  const none = async () => {
    for (const method of Object.keys(faults)) await order({ kind: 'fault', method, fault: null }, 'The fault');
  };
  const set = (/** @type {string} */ method, /** @type {string} */ value) =>
    order({ kind: 'fault', method, fault: kinds.find((each) => each.value === value)?.fault ?? null }, 'The fault');
  return html`<div class="drawer-body">
    <p class="small faint row">
      What Slack does with the bot's calls from now on, until you take it back.
      <button type="button" class="button" ?disabled=${Object.keys(faults).length === 0} @click=${none}>Take all back</button>
    </p>
    <ul class="faults" tabindex="0" aria-label="Faults by method">
      ${repeat(
        names,
        (method) => method,
        (method) => html`<li>
          <code>${method === '*' ? 'every method' : method}</code>
          ${menu({
            name: `fault ${method}`,
            label: `${method === '*' ? 'every method' : method}: ${kindOf(faults[method]?.kind).label}`,
            says: html`${kindOf(faults[method]?.kind).label} ${down}`,
            entries: kinds,
            chosen: kindOf(faults[method]?.kind).value,
            onChoice: (value) => set(method, value),
          })}
        </li>`,
      )}
    </ul>
  </div>`;
}

/** @param {string | undefined} kind */
function kindOf(kind) {
  return kinds.find(({ value }) => value === kind) ?? /** @type {typeof kinds[number]} */ (kinds[0]);
}
