/** A channel: its head, its messages, and the line to type in. */

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { composer } from './composer.js';
import { perform } from './doing.js';
import { bars } from './icons.js';
import { message } from './message.js';
import { changed, channelOf, myZone, nowMs, personOf, shown, state, timeline } from './store.js';
import { clockTime, day, dayWords } from './time.js';

/**
 * @import { ChannelShown, MessageShown } from '../contract.ts'
 * @import { Notice } from './store.js'
 */

/** By one person within this time: the name stands above the first only. */
const togetherMs = 300_000;

/** @param {ChannelShown} channel */
export function channelName(channel) {
  if (channel.kind !== 'im') return channel.name;
  const other = channel.members.find((id) => id !== shown().me) ?? shown().bot.user;
  return personOf(other).title;
}

/** @param {string} id */
export function channelPart(id) {
  const channel = channelOf(id);
  if (!channel) return html`<p class="empty">There is no such channel.</p>`;
  const name = channelName(channel);
  const mark = channel.kind === 'im' ? '' : channel.kind === 'private' ? '🔒' : '#';
  const isMember = channel.members.includes(shown().me);
  return html`
    <header class="head">
      ${menuButton()}
      <h1>${mark}${mark === '🔒' ? ' ' : ''}${name}</h1>
      <span class="faint topic">${channel.topic || `${channel.members.length} members`}</span>
      ${channel.bookmarks.map(({ title, link }) =>
        /^https?:/.test(link)
          ? html`<a class="small" href=${link} target="_blank" rel="noreferrer">${title}</a>`
          : nothing,
      )}
      ${tryButton()}
    </header>
    <div class="messages" role="log" aria-label="Messages in ${name}" aria-live="polite" tabindex="0">
      ${messages(id)}
    </div>
    ${
      channel.archived
        ? html`<p class="composer-instead">This channel is archived.</p>`
        : isMember
          ? composer({ channel: id, label: `Message ${mark === '#' ? '#' : ''}${name}, or / for commands` })
          : html`<p class="composer-instead">
              You are not in this channel.
              <button type="button" class="button" @click=${() => perform({ kind: 'join', channel: id }, 'Joining')}>Join</button>
            </p>`
    }
  `;
}

export function menuButton() {
  const open = () => {
    state.menuOpen = !state.menuOpen;
    changed();
  };
  return html`<button type="button" class="icon only-narrow" aria-label="Channels" aria-expanded=${state.menuOpen} @click=${open}>${bars}</button>`;
}

export function tryButton() {
  const open = () => {
    state.tryOpen = !state.tryOpen;
    changed();
  };
  return html`<button type="button" class="button only-middle" aria-expanded=${state.tryOpen} @click=${open}>Try it</button>`;
}

/** @param {string} id */
function messages(id) {
  const all = [...timeline(id), ...state.notices.filter(({ channel }) => channel === id)].sort(
    (a, b) => momentOf(a) - momentOf(b),
  );
  if (all.length === 0) return html`<p class="empty">Nothing here yet. Type <code>/ops health</code> below.</p>`;
  const zone = myZone();
  const today = nowMs();
  return repeat(
    all,
    (each) => ('ts' in each ? `${each.ts} ${each.ephemeral_to ?? ''}` : `notice ${each.at}`),
    (each, at) => {
      const before = all[at - 1];
      const ms = momentOf(each);
      const newDay = !before || day(momentOf(before), zone) !== day(ms, zone);
      const line = newDay
        ? html`<p class="day" role="separator"><span>${dayWords(ms, today, zone)}</span></p>`
        : nothing;
      if (!('ts' in each)) return html`${line}${noticeLine(each)}`;
      return html`${line}${message(each, { under: !newDay && before && 'ts' in before && belongs(before, each) })}`;
    },
  );
}

/** @param {MessageShown | Notice} each @returns {number} ms */
function momentOf(each) {
  return 'ts' in each ? Number(each.ts) * 1000 : each.at;
}

/** @param {MessageShown} before @param {MessageShown} message */
function belongs(before, message) {
  if (before.user !== message.user || before.ephemeral_to !== message.ephemeral_to) return false;
  return (Number(message.ts) - Number(before.ts)) * 1000 < togetherMs && message.blocks.length === 0 && !message.bot_id;
}

/** @param {Notice} notice */
function noticeLine(notice) {
  return html`<article class="message ephemeral notice">
    <div class="gutter"><span class="avatar slack" aria-hidden="true">!</span></div>
    <div class="body">
      <p class="only-you">Only visible to you</p>
      <p class="by"><strong>Workspace</strong> <time class="faint">${clockTime(notice.at, myZone())}</time></p>
      <div class="content">${notice.text}</div>
    </div>
  </article>`;
}
