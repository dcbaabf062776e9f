/** One message, as everybody or as this person alone sees it. */

import { html, nothing } from 'lit-html';
import { blocks } from './blocks.js';
import { perform } from './doing.js';
import { emoji, reactions } from './emoji.js';
import { dots } from './icons.js';
import { menu } from './menu.js';
import { mrkdwn } from './mrkdwn.js';
import { ownAddress } from './own.js';
import { changed, myZone, personOf, repliesTo, shown, state } from './store.js';
import { clockSeconds, clockTime, day } from './time.js';

/** @import { MessageShown } from '../contract.ts' */

const colours = 6;

/** @param {{ id: string, title: string }} person */
export function avatar({ id, title }) {
  if (id === state.is?.bot.user) return html`<img class="avatar" src="/page/icon.svg" alt="" width="36" height="36" />`;
  const colour = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % colours;
  return html`<span class="avatar c${colour}" aria-hidden="true">${title.charAt(0).toUpperCase()}</span>`;
}

/**
 * `under`: the message before it is by the same person, so that the name need not stand there again.
 * @param {MessageShown} message @param {{ inThread?: boolean, under?: boolean }} [how]
 */
export function message(message, { inThread = false, under = false } = {}) {
  const { me } = shown();
  const zone = myZone();
  const atMs = Number(message.ts) * 1000;
  const who = personOf(message.user);
  const ephemeral = message.ephemeral_to !== undefined;
  const ref = { channel: message.channel, ts: message.ts, ...(ephemeral && { ephemeral: true }) };
  const isBot = message.bot_id !== undefined;
  const exact = `${day(atMs, zone)} ${clockSeconds(atMs, zone)}`;
  return html`<article class="message ${ephemeral ? 'ephemeral' : ''} ${under ? 'under' : ''}" data-ts=${message.ts}>
    <div class="gutter">${under ? html`<time class="faint small" title=${exact}>${clockTime(atMs, zone)}</time>` : avatar(who)}</div>
    <div class="body">
      ${ephemeral ? html`<p class="only-you">Only visible to you</p>` : nothing}
      ${message.reply_broadcast && !inThread ? html`<p class="only-you">Replied to a thread</p>` : nothing}
      ${
        under
          ? nothing
          : html`<p class="by">
              <strong>${who.title}</strong>${isBot ? html`<span class="badge">app</span>` : nothing}
              <time class="faint" title=${exact}>${clockTime(atMs, zone)}</time>
            </p>`
      }
      <div class="content">
        ${
          message.blocks.length > 0
            ? blocks(message.blocks, { ref, values: {} })
            : html`<div class="block-text">${mrkdwn(message.text)}</div>`
        }
        ${message.edited && !isBot ? html`<span class="faint small">(edited)</span>` : nothing}
        ${message.files.map(file)}
      </div>
      ${marks(message, me)} ${inThread ? nothing : replies(message)}
    </div>
    ${ephemeral ? nothing : tools(message, inThread)}
  </article>`;
}

/** @param {Record<string, any>} shared */
function file(shared) {
  const title = String(shared.title ?? shared.name ?? 'File');
  const url = ownAddress(shared.url_private);
  if (!url) return html`<p class="unshown">File: ${title}</p>`;
  const isPicture = String(shared.mimetype ?? shared.name ?? '').match(/image\/|\.(png|jpe?g|gif|webp)$/);
  if (!isPicture) return html`<p><a class="file" href=${url} target="_blank" rel="noreferrer">${title}</a></p>`;
  return html`<figure class="picture">
    <figcaption>${title}</figcaption>
    <a href=${url} target="_blank" rel="noreferrer"
      ><img src=${url} alt=${shared.alt_txt ?? title} loading="lazy" width="600" height="315"
    /></a>
  </figure>`;
}

/** @param {MessageShown} message @param {string} me */
function marks({ reactions: given, pinned, channel, ts }, me) {
  if (given.length === 0 && !pinned) return nothing;
  return html`<div class="marks">
    ${pinned ? html`<span class="mark">📌 Pinned</span>` : nothing}
    ${given.map(
      ({ name, users }) => html`<button
        type="button"
        class="mark ${users.includes(me) ? 'mine' : ''}"
        aria-label="${name}, ${users.length}"
        @click=${() => perform({ kind: 'react', channel, ts, name }, 'The reaction')}
      >
        ${emoji(name) ?? `:${name}:`} ${users.length}
      </button>`,
    )}
  </div>`;
}

/** @param {MessageShown} message */
function replies({ channel, ts }) {
  const all = repliesTo({ channel, ts });
  const last = all.at(-1);
  if (!last) return nothing;
  return html`<button type="button" class="replies" @click=${() => openThread(channel, ts)}>
    ${all.length} ${all.length === 1 ? 'reply' : 'replies'}
    <span class="faint">last at ${clockTime(Number(last.ts) * 1000, myZone())}</span>
  </button>`;
}

/** @param {string} channel @param {string} ts */
export function openThread(channel, ts) {
  state.thread = { channel, ts };
  state.tryOpen = true;
  changed();
}

/** @param {MessageShown} message @param {boolean} inThread */
function tools({ channel, ts, thread_ts }, inThread) {
  const { shortcuts } = shown();
  const own = shortcuts.filter(({ kind }) => kind === 'message');
  const run = (/** @type {string} */ callbackId) =>
    perform({ kind: 'message_shortcut', channel, ts, callbackId }, 'The shortcut');
  return html`<div class="tools" role="group" aria-label="Message actions">
    ${reactions.map(
      (name) =>
        html`<button type="button" title=${name} aria-label="React with ${name}" @click=${() => perform({ kind: 'react', channel, ts, name }, 'The reaction')}>${emoji(name)}</button>`,
    )}
    ${inThread ? nothing : html`<button type="button" title="Reply in thread" aria-label="Reply in thread" @click=${() => openThread(channel, thread_ts ?? ts)}>💬</button>`}
    ${
      own.length > 0
        ? menu({
            name: `shortcuts ${channel} ${ts} ${inThread}`,
            label: 'Shortcuts for this message',
            says: dots,
            entries: own.map(({ callbackId, label }) => ({ value: callbackId, label })),
            kind: '',
            onChoice: run,
          })
        : nothing
    }
  </div>`;
}
