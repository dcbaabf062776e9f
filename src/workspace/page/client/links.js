/** The bot's permalinks: the server sends them here as `#/archives/C…/p1795000000123456`. */

import { channelOf, state } from './store.js';

/** Goes to the message of the address, when there is one. True when it named a channel that can be seen. */
export function followLink() {
  const [, channel = '', digits = '', query = ''] =
    location.hash.match(/^#\/archives\/(\w+)\/p(\d{10,})(?:\?(.*))?$/) ?? [];
  if (!channelOf(channel)) return false;
  const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  const thread = new URLSearchParams(query).get('thread_ts');
  state.place = { kind: 'channel', id: channel };
  if (thread) {
    state.thread = { channel, ts: thread };
    state.tryOpen = true;
  }
  history.replaceState(null, '', '/');
  requestAnimationFrame(() => {
    requestAnimationFrame(() =>
      document.querySelector(`article[data-ts="${ts}"]`)?.scrollIntoView({ block: 'center' }),
    );
  });
  return true;
}
