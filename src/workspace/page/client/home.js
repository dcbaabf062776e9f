/** The app's home tab, as this person has it. */

import { html } from 'lit-html';
import { blocks } from './blocks.js';
import { menuButton, tryButton } from './channel.js';
import { shown } from './store.js';

export function homePart() {
  const { home, bot } = shown();
  return html`
    <header class="head">
      ${menuButton()}
      <h1>Rounds</h1>
      <span class="faint topic">Home</span>
      ${tryButton()}
    </header>
    <div class="messages home" tabindex="0" role="region" aria-label="Home of Rounds">
      ${
        home
          ? html`<div class="home-blocks">${blocks(home.blocks, { ref: { view: home.id }, values: home.values })}</div>`
          : html`<p class="empty">${bot.connected ? 'Rounds has not shown a home yet.' : 'Rounds is not connected yet.'}</p>`
      }
    </div>
  `;
}
