/** What a newcomer may try next. It ticks itself off, and is never in the way. */

import { html, nothing } from 'lit-html';
import { focusComposer } from './composer.js';
import { forgetTried, opened, order } from './doing.js';
import { tick } from './icons.js';
import { go } from './sidebar.js';
import { changed, shown, state } from './store.js';

/** @import { GuideStep } from '../contract.ts' */

export function guideCard() {
  const { guide } = shown();
  const next = guide.find(({ title }) => !state.done.has(title));
  const done = guide.filter(({ title }) => state.done.has(title)).length;
  return html`<section class="card" aria-labelledby="guide-title">
    <h3 id="guide-title">What to try <span class="faint">${done} of ${guide.length}</span></h3>
    ${
      shown().people.find(({ id }) => id === shown().me)?.is_restricted
        ? html`<p class="small">You are a guest: Rounds answers members only. Be somebody else to try it.</p>`
        : nothing
    }
    <ol class="guide">
      ${guide.map(
        (step) => html`<li class=${state.done.has(step.title) ? 'done' : step === next ? 'next' : ''}>
          <span class="tick-mark" aria-hidden="true">${state.done.has(step.title) ? tick : nothing}</span>
          <div>
            <p class="step">${step.title}${state.done.has(step.title) ? html`<span class="hidden"> (done)</span>` : nothing}</p>
            ${step === next ? html`<p class="faint small">${step.help}</p>${doIt(step)}` : nothing}
          </div>
        </li>`,
      )}
    </ol>
    ${
      next
        ? nothing
        : html`<p class="small">That was the tour. <button type="button" class="linklike" @click=${forgetTried}>Begin again</button></p>`
    }
  </section>`;
}

/** @param {GuideStep} step */
function doIt({ act }) {
  if (act.kind === 'press') return nothing;
  if (act.kind === 'look')
    return html`<div class="row">
      <button type="button" class="button" @click=${() => order({ kind: 'clock_speed', speed: 60 }, 'The clock')}>× 60</button>
      <button type="button" class="button" @click=${() => lookAt(act.channel)}>Look at #${act.channel}</button>
    </div>`;
  if (act.kind === 'climb')
    return html`<div class="row">
      <button type="button" class="button" @click=${() => typeFor(act.line)}>Type ${act.line}</button>
      <button type="button" class="button" @click=${() => order({ kind: 'clock_speed', speed: 60 }, 'The clock')}>× 60</button>
    </div>`;
  const words =
    act.kind === 'type'
      ? `Type ${act.line.trim()}`
      : act.kind === 'switch'
        ? act.on
          ? 'Break it'
          : 'Repair it'
        : 'Show me';
  return html`<button type="button" class="button" @click=${() => doStep(act)}>${words}</button>`;
}

/** @param {string} name */
function lookAt(name) {
  const channel = shown().channels.find((each) => each.name === name);
  if (channel) go({ kind: 'channel', id: channel.id });
}

/** @param {GuideStep['act']} act */
function doStep(act) {
  if (act.kind === 'type') return typeFor(act.line);
  focusComposer();
  if (act.kind === 'switch') return order({ kind: 'switch', id: act.id, on: act.on }, 'The switch');
  if (act.kind !== 'open') return;
  if (act.what === 'home') return go({ kind: 'home' });
  if (act.what === 'traffic') state.drawer = 'traffic';
  else document.getElementById(`card-${act.what}`)?.scrollIntoView({ block: 'nearest' });
  opened(act.what);
  changed();
}

/** Puts a line where somebody would type it: they send it themselves. @param {string} line */
export function typeFor(line) {
  if (state.place.kind !== 'channel') {
    const first = shown().channels.find(({ kind, members }) => kind === 'public' && members.includes(shown().me));
    if (!first) return;
    go({ kind: 'channel', id: first.id });
  }
  if (state.place.kind !== 'channel') return;
  state.drafts.set(state.place.id, line);
  state.thread = null;
  state.tryOpen = false;
  changed();
  focusComposer();
}
