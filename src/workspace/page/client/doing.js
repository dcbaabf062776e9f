/** What people do on the page, and what it says when that fails. */

import { act, control } from './server.js';
import { changed, channelOf, nowMs, shown, state } from './store.js';

/** @import { Action, ActOutcome, ChoiceGiven, Control, GuideStep, SurfaceRef } from '../contract.ts' */

/** Slack's words for what an app did not do, for people. @param {ActOutcome} outcome @param {string} what */
function words(outcome, what) {
  if (outcome.message) return outcome.message;
  if (outcome.error === 'operation_timeout') return `${what} failed: Rounds did not answer within 3 seconds.`;
  if (outcome.error === 'dispatch_failed') return `${what} failed: Rounds could not be reached. Does it run?`;
  return `${what} failed: ${outcome.error ?? 'no reason was given'}`;
}

/** Says something to this person alone, below the messages. @param {string} text @param {string} [channel] */
export function notice(text, channel = state.place.kind === 'channel' ? state.place.id : '') {
  state.notices.push({ channel, at: nowMs(), text });
  if (state.notices.length > 50) state.notices.shift();
  changed();
}

/** @param {string} key @param {string} what @param {Promise<ActOutcome>} doing */
async function during(key, what, doing) {
  state.busy.add(key);
  changed();
  const outcome = await doing;
  state.busy.delete(key);
  if (!outcome.ok && !outcome.errors) notice(words(outcome, what));
  changed();
  return outcome;
}

/** Sends what was typed: a command, or a message. @param {string} channel @param {string} text @param {string} [threadTs] */
export function send(channel, text, threadTs) {
  const line = text.trim();
  if (line === '') return;
  if (!line.startsWith('/'))
    return during(`say ${channel}`, 'The message', act({ kind: 'say', channel, text: line, threadTs }));
  if (threadTs) return notice('Slack takes no commands in threads. Type it in the channel.', channel);
  tried((step) => step.kind === 'type' && line.startsWith(step.line.trim()));
  return during(`say ${channel}`, line.split(/\s/, 1)[0] ?? 'The command', act({ kind: 'command', channel, line }));
}

/** @param {SurfaceRef} surface @param {string} blockId @param {string} actionId */
export function press(surface, blockId, actionId) {
  tried(
    (step) => step.kind === 'press' && step.actionIds.some((id) => actionId === id || actionId.startsWith(`${id}.`)),
  );
  return during(`${blockId}/${actionId}`, 'The button', act({ kind: 'click', surface, blockId, actionId }));
}

/** @param {SurfaceRef} surface @param {string} blockId @param {string} actionId @param {ChoiceGiven} choice */
export function choose(surface, blockId, actionId, choice) {
  const action = /** @type {const} */ ({ kind: 'choose', surface, blockId, actionId, choice });
  return during(`${blockId}/${actionId}`, 'The choice', act(action));
}

/** @param {Action} action @param {string} what */
export function perform(action, what) {
  return during(action.kind, what, act(action));
}

/** @param {Control} order @param {string} what */
export function order(order, what) {
  if (order.kind.startsWith('clock')) opened('clock');
  const doing = during(`${order.kind} ${'id' in order ? order.id : ''}`, what, control(order));
  if (order.kind !== 'switch') return doing;
  turn(order.id, order.on);
  return doing.then((outcome) => {
    if (!outcome.ok) turn(order.id, !order.on);
    return outcome;
  });
}

/** Shows a switch as it will be: whoever pressed it sees at once that they did. @param {string} id @param {boolean} on */
function turn(id, on) {
  const { switches } = shown();
  const found = switches.find((each) => each.id === id);
  if (found) found.on = on;
  changed();
}

/** A part of the page that a step asks to look at. @param {'home' | 'phone' | 'clock' | 'traffic'} what */
export function opened(what) {
  tried((step) => step.kind === 'open' && step.what === what);
}

/** @param {(act: GuideStep['act']) => boolean} fits */
function tried(fits) {
  const step = shown().guide.find(({ title, act }) => !state.done.has(title) && fits(act));
  if (!step) return;
  state.done.add(step.title);
  localStorage.setItem(triedKey(), JSON.stringify([...state.done]));
  changed();
}

/** Ticks off what others did: a switch that was turned elsewhere, a channel in which the bot has written meanwhile, a call. */
export function noticed(/** @type {{ id: string, on: boolean }[]} */ before) {
  const { switches, messages, bot, received } = shown();
  if (received.some(({ way }) => way === 'call')) tried((step) => step.kind === 'climb');
  for (const { id, on } of switches) {
    if (before.find((each) => each.id === id)?.on !== on)
      tried((step) => step.kind === 'switch' && step.id === id && step.on === on);
  }
  if (state.place.kind !== 'channel') return;
  const here = channelOf(state.place.id);
  if (messages.some(({ channel, user }) => channel === here?.id && user === bot.user))
    tried((step) => step.kind === 'look' && step.channel === here?.name);
}

/** Starts the list of what to try again. */
export function forgetTried() {
  state.done.clear();
  localStorage.removeItem(triedKey());
  changed();
}

/** What was done in this workspace; one that began afresh has another bot. */
export function recallTried() {
  state.done.clear();
  try {
    const kept = JSON.parse(localStorage.getItem(triedKey()) ?? '[]');
    if (Array.isArray(kept)) for (const title of kept) state.done.add(String(title));
  } catch {
    localStorage.removeItem(triedKey());
  }
}

function triedKey() {
  return `rounds-tried ${shown().bot.user}`;
}
