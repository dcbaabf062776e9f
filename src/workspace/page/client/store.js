/** What the page knows: what the server sent, and where this person looks. One object, changed here and drawn whole. */

/**
 * @import { Completion, MessageShown, PageEvent, Snapshot, TrafficShown } from '../contract.ts'
 * @typedef {{ kind: 'channel', id: string } | { kind: 'home' }} Place
 * @typedef {{ channel: string, ts: string }} Thread
 * @typedef {{ channel: string, at: number, text: string }} Notice What Slack itself would say to this person alone.
 */

/** Lines of the drawer that are kept. */
const trafficKept = 400;
/** Messages of a channel that are kept, as the server sends them. */
const messagesKept = 300;
/** E-mails, text messages and calls that are kept, as the server keeps them. */
const receivedKept = 100;

export const state = {
  /** @type {Snapshot | null} */
  is: null,
  /** @type {'connecting' | 'live' | 'lost'} */
  link: 'connecting',
  /** @type {Place} */
  place: { kind: 'home' },
  /** @type {Thread | null} */
  thread: null,
  /** On a narrow window these lie over the messages. */
  menuOpen: false,
  tryOpen: false,
  /** @type {'traffic' | 'faults' | null} */
  drawer: null,
  filter: '',
  /** Drafts by channel, or by channel and thread. @type {Map<string, string>} */
  drafts: new Map(),
  /** Messages since somebody looked, by channel. @type {Map<string, number>} */
  unread: new Map(),
  /** @type {Notice[]} */
  notices: [],
  /** What is being done, by the key of its element. @type {Set<string>} */
  busy: new Set(),
  /** @type {Set<string>} */
  done: new Set(),
  /** The clock as it was told, and when, ms of this page. */
  clockAt: 0,
};

/** @type {Set<() => void>} */
const watchers = new Set();
let drawing = false;

/** Calls `watcher` after changes, at most once a frame. @param {() => void} watcher */
export function watch(watcher) {
  watchers.add(watcher);
}

export function changed() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (state.is) indexReplies();
    for (const watcher of watchers) watcher();
  });
}

/** What was sent. Throws before the first snapshot: nothing is drawn until then. @returns {Snapshot} */
export function shown() {
  if (!state.is) throw new Error('Nothing was sent yet');
  return state.is;
}

/** @param {MessageShown[]} list @param {MessageShown} message */
function put(list, message) {
  const at = list.findIndex(({ ts, channel }) => ts === message.ts && channel === message.channel);
  if (at >= 0) list[at] = message;
  else list.push(message);
  return at < 0;
}

/** @param {MessageShown[]} list @param {{ channel: string, ts: string }} gone */
function drop(list, gone) {
  const at = list.findIndex(({ ts, channel }) => ts === gone.ts && channel === gone.channel);
  if (at >= 0) list.splice(at, 1);
}

/** Forgets the oldest of a channel that has too many. @param {MessageShown[]} list @param {string} channel */
function trim(list, channel) {
  const own = list.filter((message) => message.channel === channel);
  for (const old of own.slice(0, -messagesKept)) list.splice(list.indexOf(old), 1);
}

/** @param {MessageShown} message */
function count(message) {
  const looksAt = state.place.kind === 'channel' && state.place.id === message.channel && !document.hidden;
  if (looksAt || message.user === state.is?.me) return;
  state.unread.set(message.channel, (state.unread.get(message.channel) ?? 0) + 1);
}

/** Takes in what the server sent. @param {PageEvent} event */
export function apply(event) {
  if (event.type === 'hello') {
    state.is = event.snapshot;
    state.link = 'live';
    state.clockAt = performance.now();
    return changed();
  }
  const is = shown();
  if (event.type === 'message') {
    if (put(is.messages, event.message)) {
      count(event.message);
      trim(is.messages, event.message.channel);
    }
  } else if (event.type === 'message_gone') drop(is.messages, event);
  else if (event.type === 'ephemeral') {
    if (put(is.ephemerals, event.message)) count(event.message);
  } else if (event.type === 'ephemeral_gone') drop(is.ephemerals, event);
  else if (event.type === 'traffic') {
    is.traffic.push(event.entry);
    if (is.traffic.length > trafficKept) is.traffic.splice(0, is.traffic.length - trafficKept);
  } else if (event.type === 'received') {
    is.received.push(event.item);
    if (is.received.length > receivedKept) is.received.splice(0, is.received.length - receivedKept);
  } else if (event.type === 'bot') is.bot.connected = event.connected;
  else if (event.type === 'clock') {
    is.clock = event.clock;
    state.clockAt = performance.now();
  } else {
    const { type: _type, ...rest } = event;
    Object.assign(is, rest);
  }
  changed();
}

/** @param {string} id */
export function channelOf(id) {
  return state.is?.channels.find((channel) => channel.id === id);
}

/** Somebody of the team, the bot included. @param {string} id @returns {{ id: string, name: string, title: string }} */
export function personOf(id) {
  const is = shown();
  if (id === is.bot.user) return { id, name: is.bot.name, title: 'Rounds' };
  const person = is.people.find((user) => user.id === id);
  return { id, name: person?.name ?? id, title: person?.real_name ?? id };
}

export function myZone() {
  const { people, me } = shown();
  return people.find(({ id }) => id === me)?.tz ?? 'UTC';
}

/** The workspace's time now, ms: moved on at its own speed since it was told. */
export function nowMs() {
  const clock = state.is?.clock;
  if (!clock) return Date.now();
  return Date.parse(clock.now) + (performance.now() - state.clockAt) * clock.speed;
}

/** What a channel shows, oldest first: messages at its top level, those meant for me alone, and what Slack said. */
export function timeline(/** @type {string} */ channel) {
  const is = shown();
  const top = is.messages.filter(
    (m) => m.channel === channel && (!m.thread_ts || m.thread_ts === m.ts || m.reply_broadcast),
  );
  const mine = is.ephemerals.filter((m) => m.channel === channel && !m.thread_ts);
  return [...top, ...mine].sort(byTs);
}

/** Replies by the message they are under: looked at for each message of a channel, so found once for all. */
let replies = new Map();

function indexReplies() {
  replies = Map.groupBy(
    shown().messages.filter(({ ts, thread_ts }) => thread_ts && thread_ts !== ts),
    ({ channel, thread_ts }) => `${channel} ${thread_ts}`,
  );
}

/** Oldest first. @param {Thread} thread @returns {MessageShown[]} */
export function repliesTo({ channel, ts }) {
  return (replies.get(`${channel} ${ts}`) ?? []).toSorted(byTs);
}

/** A thread, its first message included. @param {Thread} thread */
export function threadOf({ channel, ts }) {
  const is = shown();
  const all = [...is.messages, ...is.ephemerals];
  return all.filter((m) => m.channel === channel && (m.ts === ts || m.thread_ts === ts)).sort(byTs);
}

/** @param {MessageShown} a @param {MessageShown} b */
function byTs(a, b) {
  return Number(a.ts) - Number(b.ts);
}
