/** The team: channels, the app, and as whom one looks. */

import { html, nothing } from 'lit-html';
import { channelName } from './channel.js';
import { opened, perform } from './doing.js';
import { avatar } from './message.js';
import { listen } from './server.js';
import { changed, shown, state } from './store.js';

/** @import { Place } from './store.js' */

/** @param {Place} place */
export function go(place) {
  state.place = place;
  state.menuOpen = false;
  if (place.kind === 'channel') {
    state.unread.delete(place.id);
    localStorage.setItem('rounds-channel', place.id);
  } else {
    opened('home');
    perform({ kind: 'open_home' }, 'Opening the home');
  }
  changed();
}

export function sidebar() {
  const { team, me, people, channels, bot, shortcuts } = shown();
  const mine = channels.filter(({ archived }) => !archived);
  const rooms = mine.filter(({ kind }) => kind !== 'im').sort((a, b) => a.name.localeCompare(b.name));
  const direct = mine.filter(({ kind }) => kind === 'im');
  const person = people.find(({ id }) => id === me);
  const global = shortcuts.filter(({ kind }) => kind === 'global');
  return html`<nav class="sidebar ${state.menuOpen ? 'open' : ''}" aria-label="Channels">
    <p class="team">${team}</p>
    <p class="local">Local workspace. Only this machine can open it; nothing here reaches Slack.</p>
    <h2>Channels</h2>
    <ul>
      ${rooms.map((channel) => entry({ kind: 'channel', id: channel.id }, html`<span class="hash" aria-hidden="true">${channel.kind === 'private' ? '🔒' : '#'}</span>${channel.name}`))}
    </ul>
    <h2>App</h2>
    <ul>
      ${entry({ kind: 'home' }, html`<span class="presence ${bot.connected ? 'on' : ''}" aria-hidden="true"></span>Rounds${bot.connected ? nothing : html`<span class="faint small">connecting …</span>`}`)}
      ${direct.map((channel) => entry({ kind: 'channel', id: channel.id }, html`<span class="hash" aria-hidden="true">@</span>${channelName(channel)}`))}
      ${global.map(
        ({ callbackId, label }) => html`<li>
          <button type="button" class="place" @click=${() => perform({ kind: 'shortcut', callbackId }, label)}>
            <span class="hash" aria-hidden="true">⚡</span>${label}
          </button>
        </li>`,
      )}
    </ul>
    <div class="who">
      ${person ? avatar({ id: person.id, title: person.real_name }) : nothing}
      <label
        >You are
        <select
          class="select"
          .value=${me}
          @change=${(/** @type {Event} */ event) => becomes(/** @type {HTMLSelectElement} */ (event.currentTarget).value)}
        >
          ${people.map((user) => html`<option value=${user.id} ?selected=${user.id === me}>${user.real_name}</option>`)}
        </select>
        ${person ? html`<small>${roleWords(person)}, ${zoneWords(person.tz)} time</small>` : nothing}</label
      >
    </div>
  </nav>`;
}

/** @param {{ id: string, is_restricted: boolean }} user */
function roleWords({ id, is_restricted }) {
  if (is_restricted) return 'a guest';
  const groups = shown().groups.filter(({ users }) => users.includes(id));
  return groups.length > 0 ? `in ${groups.map(({ handle }) => `@${handle}`).join(', ')}` : 'in no group';
}

/** `Europe/Berlin` → Berlin @param {string} zone */
function zoneWords(zone) {
  return zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;
}

/** @param {Place} place @param {unknown} label */
function entry(place, label) {
  const here =
    place.kind === state.place.kind &&
    (place.kind === 'home' || (state.place.kind === 'channel' && state.place.id === place.id));
  const unread = place.kind === 'channel' ? (state.unread.get(place.id) ?? 0) : 0;
  return html`<li>
    <button type="button" class="place ${unread > 0 ? 'unread' : ''}" aria-current=${here ? 'page' : nothing} @click=${() => go(place)}>
      ${label}${unread > 0 ? html`<span class="count"><span class="hidden">unread:</span> ${unread}</span>` : nothing}
    </button>
  </li>`;
}

/** @param {string} user */
function becomes(user) {
  localStorage.setItem('rounds-me', user);
  state.thread = null;
  state.notices = [];
  state.unread.clear();
  listen(user);
}
