/** The page of the local workspace: one picture of one state, drawn again when something happened. */

import { html, render } from 'lit-html';
import { channelPart } from './channel.js';
import { keepTicking } from './clock.js';
import { focusComposer } from './composer.js';
import { dialogs } from './dialogs.js';
import { noticed, recallTried } from './doing.js';
import { drawer } from './drawer.js';
import { homePart } from './home.js';
import { followLink } from './links.js';
import { keepAtBottom } from './scroll.js';
import { listen } from './server.js';
import { side } from './side.js';
import { go, sidebar } from './sidebar.js';
import { changed, channelOf, shown, state, watch } from './store.js';

let begun = false;
/** The switches as they were drawn last. @type {{ id: string, on: boolean }[]} */
let before = [];

function draw() {
  if (!state.is) {
    render(
      html`<p class="loading" role="status">${state.link === 'lost' ? 'The workspace does not answer. Is `npm start` running?' : 'Opening the workspace …'}</p>`,
      document.body,
    );
    return;
  }
  if (!begun) begin();
  if (state.place.kind === 'channel' && !channelOf(state.place.id)) begin();
  noticed(before);
  before = shown().switches.map(({ id, on }) => ({ id, on }));
  render(
    html`<div class="app">
        ${sidebar()}
        <main class="main">${state.place.kind === 'home' ? homePart() : channelPart(state.place.id)}</main>
        ${side()} ${drawer()}
      </div>
      ${dialogs()}`,
    document.body,
  );
  keepAtBottom();
  showRinging();
}

let ringing = 0;

/** A phone that rings is looked at, however far down its card is. */
function showRinging() {
  const rings = shown().pages.filter(({ status }) => status === 'triggered').length;
  if (rings > ringing) document.getElementById('card-phone')?.scrollIntoView({ block: 'nearest' });
  ringing = rings;
}

/** Looks where somebody looked last, else at the channel for operations. */
function begin() {
  before = shown().switches.map(({ id, on }) => ({ id, on }));
  begun = true;
  state.thread = null;
  recallTried();
  const { channels, me, openedFirst } = shown();
  const mine = channels.filter(({ members, kind }) => members.includes(me) && kind !== 'im');
  const kept = mine.find(({ id }) => id === localStorage.getItem('rounds-channel'));
  const first = kept ?? mine.find(({ id }) => id === openedFirst) ?? mine[0];
  if (!followLink() && first) state.place = { kind: 'channel', id: first.id };
  focusComposer();
}

document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.closest('input, textarea, select, dialog');
  if (event.key === '/' && !typing && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    focusComposer();
  }
  const inDialog = event.target instanceof Element && event.target.closest('dialog, [popover]');
  if (
    event.key === 'Escape' &&
    !inDialog &&
    !shown().views.length &&
    (state.thread || state.drawer || state.menuOpen || state.tryOpen)
  ) {
    if (state.menuOpen || state.tryOpen) [state.menuOpen, state.tryOpen] = [false, false];
    else if (state.drawer) state.drawer = null;
    state.thread = null;
    changed();
    focusComposer();
  }
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    step(event.key === 'ArrowDown' ? 1 : -1);
  }
});

/** To the next channel of the list. @param {number} by */
function step(by) {
  const rooms = shown()
    .channels.filter(({ kind, archived }) => kind !== 'im' && !archived)
    .sort((a, b) => a.name.localeCompare(b.name));
  const { place } = state;
  const at = place.kind === 'channel' ? rooms.findIndex(({ id }) => id === place.id) : -1;
  const next = rooms[(at + by + rooms.length) % rooms.length];
  if (next) go({ kind: 'channel', id: next.id });
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && state.place.kind === 'channel') state.unread.delete(state.place.id);
  changed();
});

const theme = localStorage.getItem('rounds-theme');
if (theme) document.documentElement.dataset.theme = theme;
watch(draw);
keepTicking();
listen(localStorage.getItem('rounds-me') ?? undefined);
changed();
