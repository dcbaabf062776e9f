/** The way to the server: what happened comes as a stream, what people do goes as requests. */

import { apply, changed, state } from './store.js';

/** @import { Action, ActOutcome, Control } from '../contract.ts' */

/** @type {EventSource | undefined} */
let source;
const retryMs = 1000;

/** Listens as this person from now on; the browser connects again by itself. @param {string} [me] */
export function listen(me) {
  source?.close();
  state.link = 'connecting';
  source = new EventSource(me ? `/page/events?as=${encodeURIComponent(me)}` : '/page/events');
  source.onmessage = ({ data }) => apply(JSON.parse(data));
  source.onerror = () => {
    state.link = 'lost';
    // Refused, not lost: somebody who is no longer in the team. Everything else the browser tries again by itself.
    if (source?.readyState === EventSource.CLOSED) setTimeout(listen, retryMs);
    changed();
  };
}

/** @param {Action} action @returns {Promise<ActOutcome>} */
export function act(action) {
  return post('/page/act', { as: state.is?.me, ...action });
}

/** @param {Control} control @returns {Promise<ActOutcome>} */
export function control(control) {
  return post('/page/control', control);
}

/** @param {string} path @param {object} body @returns {Promise<ActOutcome>} */
async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: 'unreachable', message: 'The local workspace does not answer. Is `npm start` running?' };
  }
}
