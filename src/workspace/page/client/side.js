/** The right-hand side: a thread, or what there is to try. */

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { channelName } from './channel.js';
import { clockCard } from './clock.js';
import { composer, focusComposer } from './composer.js';
import { guideCard } from './guide.js';
import { cross } from './icons.js';
import { message } from './message.js';
import { phoneCard } from './phone.js';
import { changed, channelOf, shown, state, threadOf } from './store.js';
import { switchesCard } from './switches.js';

export function side() {
  return html`<aside class="side ${state.tryOpen ? 'open' : ''}" aria-label=${state.thread ? 'Thread' : 'Try Rounds'}>
    ${state.thread ? threadPart(state.thread) : tryPart()}
  </aside>`;
}

/** @param {() => void} close @param {string} title @param {string} label @param {string} [kind] @param {unknown} [more] */
function head(close, title, label, kind = '', more = nothing) {
  return html`<header class="head">
    <h2>${title}</h2>
    ${more}
    <button type="button" class="icon ${kind}" aria-label=${label} @click=${close}>${cross}</button>
  </header>`;
}

/** @param {{ channel: string, ts: string }} thread */
function threadPart(thread) {
  const close = () => {
    state.thread = null;
    state.tryOpen = false;
    changed();
    focusComposer();
  };
  const channel = channelOf(thread.channel);
  const all = threadOf(thread);
  const root = all[0]?.thread_ts ?? thread.ts;
  return html`
    ${head(close, 'Thread', 'Close the thread', '', html`<button type="button" class="linklike small only-wide" @click=${close}>Back to the tour</button>`)}
    <div class="messages" role="log" aria-label="Thread" tabindex="0">
      ${channel ? html`<p class="faint small in">in ${channel.kind === 'im' ? '' : '#'}${channelName(channel)}</p>` : nothing}
      ${
        all.length > 0
          ? repeat(
              all,
              ({ ts }) => ts,
              (each) => message(each, { inThread: true }),
            )
          : html`<p class="empty">The message is gone.</p>`
      }
    </div>
    ${channel?.members.includes(shown().me) && all.length > 0 ? composer({ channel: thread.channel, threadTs: root, label: 'Reply' }) : nothing}
  `;
}

function tryPart() {
  const { guide, switches, clock } = shown();
  const close = () => {
    state.tryOpen = false;
    changed();
  };
  return html`
    ${head(close, 'Try Rounds', 'Close', 'only-middle')}
    <div class="cards" tabindex="0" role="region" aria-label="What to try">
      ${guide.length > 0 ? guideCard() : nothing} ${switches.length > 0 ? switchesCard() : nothing} ${phoneCard()}
      ${clock ? clockCard(clock) : nothing}
    </div>
  `;
}
