import { beforeAll, describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { anna, asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const down = { key: 'k1', severity: 'P0', title: 'API is down', systems: 'API, IVR' };
const name = 'inc-20261123-api-is-down';
const days = 24 * 60 * 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** The channels that were made for incidents. */
const made = ({ workspace }: Room) => [...workspace.state.channels.values()].filter(({ name }) => /^inc-/.test(name));
const one = (room: Room) => {
  expect(made(room)).toHaveLength(1);
  return made(room)[0]!;
};
const keys = ({ workspace }: Room, channel: string) =>
  workspace.messages(channel).flatMap(({ metadata }) => (metadata ? [String(metadata.event_payload.key)] : []));
const events = async (room: Room) =>
  (await room.incidents.show(1)).events.flatMap(({ kind, words }) => (kind === 'channel' ? [words] : []));
const whole = (room: Room, channel: string) => JSON.stringify(room.workspace.messages(channel));

async function declared(over: Partial<typeof down> & Record<string, unknown> = {}, options = {}): Promise<Room> {
  const room = await roomOf(store, options);
  await room.incidents.declare(asker, { ...down, ...over });
  await room.queue.finish(30);
  return room;
}

describe('after a declaration', () => {
  it('there is a channel with topic, people, a pinned summary, the notification and what may help, in this order', async () => {
    const room = await declared();
    const channel = one(room);
    expect(channel).toMatchObject({ name, is_private: false, topic: 'INC-1 P0 Critical: API is down' });
    expect(await room.incident(1)).toMatchObject({ home: { channel: channel.id, name } });
    expect(await events(room)).toEqual([`#${name}`]);
    expect(keys(room, name)).toEqual([
      'incident:1:summary',
      'incident:1:notification@incident',
      'incident:1:offer:p0@incident',
    ]);
    const [summary, notification, offer] = room.workspace.messages(name).filter(({ bot_id }) => bot_id);
    expect(summary!.pinned).toBe(true);
    const shown = JSON.stringify(summary!.blocks);
    for (const words of ['INC-1 P0 Critical: API is down', 'Detected', 'Affected: API, IVR', 'not acknowledged yet'])
      expect(shown).toContain(words);
    expect(shown).toContain('Commander: nobody');
    expect(shown).toMatch(/"action_id":"role.claim"[^}]*"value":"1:commander"|"value":"1:commander"/);
    for (const words of [
      '23 Nov 09:00 UTC',
      'API, IVR',
      'who is on call is paged',
      'within 15 min',
      '23 Nov 09:15 UTC',
    ])
      expect(JSON.stringify(notification!.blocks)).toContain(words);
    expect(JSON.stringify(offer!.blocks)).toContain('"action_id":"incident.runbook.1"');
  });

  it('the announcement links the channel, and the notification stands in its thread, where the channel need not read it twice', async () => {
    const room = await declared();
    expect(room.said()).toEqual([expect.stringContaining(`<#${one(room).id}>`)]);
    const [message, notification] = room.workspace.messages('#alerts').filter(({ bot_id }) => bot_id);
    expect(notification).toMatchObject({ thread_ts: message!.ts });
    expect(notification!.reply_broadcast).toBeFalsy();
  });

  it('the summary is edited in place, by whatever changes, and the topic with it', async () => {
    const room = await declared();
    const { ts } = room.workspace.messages(name).find(({ bot_id }) => bot_id)!;
    await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
    await room.queue.finish();
    await room.incidents.mitigate(asker, 1);
    await room.queue.finish();
    const [summary] = room.said(name);
    expect(keys(room, name).filter((key) => key.startsWith('incident:1:summary'))).toHaveLength(1);
    expect(summary).toContain(`${ben.mention} is on it`);
    expect(summary).toContain('Mitigated');
    expect(room.workspace.messages(name).find(({ bot_id }) => bot_id)!.ts).toBe(ts);
    expect(one(room).topic).toBe('INC-1 P0 Critical: API is down · mitigated');
  });

  it('whoever comes into it is asked in: who acknowledges, who is added', async () => {
    const room = await declared({}, { paging: { onCalls: undefined } });
    expect(one(room).members.has('U0BEN00001')).toBe(false);
    await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
    await room.incidents.add(asker, { id: 1, who: { id: 'slack:U0CARA0001', mention: '<@U0CARA0001>' } });
    await room.queue.finish();
    expect([...one(room).members]).toEqual(expect.arrayContaining(['U0BEN00001', 'U0CARA0001']));
  });

  it('who is on call in PagerDuty is asked in, found by their address; nobody is for a drill', async () => {
    const onCall = { userId: 'P1', name: 'Ben', email: 'ben@example.com', phones: [], level: 1 };
    const others = [
      { ...onCall, email: 'cara@example.com', level: 2 },
      { ...onCall, email: 'nobody@example.com' },
    ];
    const options = { paging: { onCalls: { now: async () => [onCall, ...others] } } };
    const room = await declared({}, options);
    const { botUser } = room.workspace.identity;
    expect([...one(room).members].sort()).toEqual([botUser, 'U0ANNA0001', 'U0BEN00001'].sort());
    const drill = await declared({ drill: true }, options);
    expect(one(drill)).toMatchObject({ name: 'inc-20261123-drill-api-is-down' });
    expect(one(drill).topic).toMatch(/^DRILL · INC-1/);
    expect(one(drill).members.has('U0BEN00001')).toBe(false);
  });

  it('bookmarks are there once: runbooks that are links, and what others add', async () => {
    const room = await roomOf(store);
    const url = 'https://wiki.example.com/runbooks/api-down';
    room.ports.severities.all[0]!.runbooks.push(url);
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    const ticket = { title: 'OPS-1', url: 'https://tickets.example.com/OPS-1' };
    await room.incidents.links.linkTicket(asker, { id: 1, url: ticket.url });
    await room.incidents.links.linkTicket(asker, { id: 1, url: ticket.url });
    await room.queue.finish();
    expect(room.workspace.state.bookmarks.map(({ title, link }) => [title, link])).toEqual([
      ['api-down', url],
      ['OPS-1', ticket.url],
    ]);
  });

  it('another severity offers its own, and its topic says so', async () => {
    const room = await declared({ severity: 'P1' });
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'P0', words: '' });
    await room.queue.finish();
    expect(keys(room, name)).toEqual(expect.arrayContaining(['incident:1:offer:p0@incident']));
    expect(one(room).topic).toContain('P0 Critical');
  });
});

describe('what must not be seen', () => {
  it('where PHI may be involved: a neutral name and topic, and outside its channel neither title nor what is known', async () => {
    const room = await declared({
      title: 'Ann Smith is readable',
      phi: true,
      known: 'by everybody',
      systems: 'Portal',
    });
    expect(one(room)).toMatchObject({ name: 'inc-20261123-1', topic: 'INC-1 P0 Critical: PHI may be involved' });
    await room.incidents.resolve(asker, { id: 1, words: 'hid Ann Smith' });
    await room.queue.finish();
    expect(whole(room, '#alerts')).not.toMatch(/Ann|everybody|Portal/);
    expect(whole(room, '#alerts')).toContain('details in its channel');
    expect(whole(room, 'inc-20261123-1')).toContain('Ann Smith is readable');
  });

  it('PHI found out later: the announcement and the topic lose the title', async () => {
    const room = await declared({ title: 'Ann Smith is readable' });
    await room.incidents.setPhi(asker, { id: 1, phi: true });
    await room.queue.finish();
    expect(room.said()[0]).not.toContain('Ann');
    expect(one(room).topic).not.toContain('Ann');
  });

  it('a private one: a private channel, and nothing is announced but, without a title, that nobody was paged', async () => {
    const secret = { title: 'Somebody sells records', private: true, channel: '#general' };
    const room = await declared(secret, { paging: { routingKey: undefined } });
    const channel = one(room);
    expect(channel).toMatchObject({ name: 'inc-20261123-1', is_private: true });
    expect([...channel.members].sort()).toEqual([room.workspace.identity.botUser, 'U0ANNA0001'].sort());
    expect(room.said('#general')).toEqual([]);
    expect(room.said()).toEqual([expect.stringMatching(/NOT PAGED: INC-1 P0 Critical \(private\)/)]);
    expect(whole(room, '#alerts')).not.toMatch(/records|incident\.acknowledge/);
    expect(room.said(channel.id)).toEqual([
      expect.stringContaining('Somebody sells records'),
      expect.stringContaining('NOT PAGED: INC-1'),
    ]);
    await room.incidents.resolve(asker, { id: 1, words: 'told the police' });
    await room.queue.finish();
    expect(whole(room, '#alerts')).not.toMatch(/records|police/);
  });

  it('a title that would notify, link, hide or flood does none of it', async () => {
    const title = `<!channel> <https://evil.example|ok> \u202eesrever\u202c zero\u200bwidth ${'long '.repeat(8_000)}`;
    const room = await declared({ title });
    const channel = one(room);
    expect(channel.name).toMatch(/^inc-20261123-[a-z0-9-]{1,60}$/);
    expect(channel.topic.length).toBeLessThanOrEqual(250);
    for (const text of [channel.topic, whole(room, channel.id), whole(room, '#alerts')])
      expect(text).not.toMatch(/<!channel>|<https:\/\/evil|\u202e|\u200b/);
  });
});

describe('one channel, one message', () => {
  it('a creation whose answer got lost is found', async () => {
    const room = await roomOf(store);
    room.workspace.fault('conversations.create', { kind: 'drop-response' });
    await room.incidents.declare(asker, down);
    await room.queue.finish(30);
    expect(one(room).name).toBe(name);
    expect((await room.incident(1)).home?.name).toBe(name);
  });

  it('one that did not happen, as far as can be told, is waited for, then made', async () => {
    const room = await roomOf(store);
    room.workspace.fault('conversations.create', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    await room.queue.run();
    const errors = await room.queue.run();
    expect(errors).toEqual(expect.arrayContaining([expect.objectContaining({ reason: 'unconfirmed' })]));
    expect(made(room)).toEqual([]);
    await room.queue.finish(30);
    expect(one(room).name).toBe(name);
  });

  it('two incidents of one title never share a channel, also when neither creation was answered', async () => {
    const room = await roomOf(store);
    room.workspace.fault('conversations.create', { kind: 'drop-response' }, 2);
    await room.incidents.declare(asker, down);
    await room.incidents.declare(asker, { ...down, key: 'k2' });
    await room.queue.finish(30);
    const homes = [(await room.incident(1)).home, (await room.incident(2)).home];
    expect(homes.map((home) => home?.name)).toEqual([name, `${name}-2`]);
    expect(new Set(made(room).map(({ id }) => id))).toEqual(new Set(homes.map((home) => home!.channel)));
  });

  it('a name that is taken, also by an archived channel, gets a number', async () => {
    const room = await roomOf(store);
    const { apiUrl, botToken, state } = room.workspace;
    for (const taken of [name, `${name}-2`]) {
      const body = new URLSearchParams({ name: taken });
      await fetch(`${apiUrl}conversations.create`, {
        method: 'POST',
        headers: { authorization: `Bearer ${botToken}` },
        body,
      });
    }
    state.findChannel(name)!.is_archived = true;
    await room.incidents.declare(asker, down);
    await room.queue.finish(30);
    expect((await room.incident(1)).home?.name).toBe(`${name}-3`);
  });

  it('a summary whose answer got lost is found, though looking fails for a while', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    await room.queue.run();
    room.workspace.fault('chat.postMessage', { kind: 'drop-response' }, 4);
    room.workspace.fault('conversations.history', { kind: 'http', status: 503 }, 8);
    await room.queue.finish(30);
    expect(keys(room, name)).toHaveLength(3);
    expect(new Set(keys(room, name)).size).toBe(3);
    expect(room.said()).toHaveLength(1);
  });

  it('a post that is still on its way when its answer is given up is not doubled', async () => {
    const late: (() => Promise<unknown>)[] = [];
    const room = await roomOf(store, {
      port: (port) => ({
        ...port,
        async post(message) {
          if (late.length > 0 || !message.key.endsWith(':summary')) return port.post(message);
          late.push(() => port.post(message));
          throw new PortError('unconfirmed', 'no answer', { retryable: false });
        },
      }),
    });
    await room.incidents.declare(asker, down);
    await room.queue.run();
    await room.queue.run();
    await room.queue.run();
    expect(keys(room, name)).not.toContain('incident:1:summary');
    await late[0]!();
    await room.queue.finish(30);
    expect(keys(room, name).filter((key) => key.endsWith(':summary'))).toHaveLength(1);
  });

  it('Slack being away when it is declared and back later: all of it follows in order, once', async () => {
    const room = await roomOf(store);
    room.fault('*', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    for (let n = 0; n < 3; n += 1) await room.queue.run();
    expect(made(room)).toEqual([]);
    room.workspace.clearFaults();
    await room.queue.finish(30);
    expect(keys(room, one(room).id)).toEqual([
      'incident:1:summary',
      'incident:1:notification@incident',
      'incident:1:offer:p0@incident',
    ]);
    expect(room.said()).toHaveLength(1);
  });

  it('a limit on one kind of call holds the others up for nothing', async () => {
    const room = await roomOf(store);
    room.workspace.fault('conversations.setTopic', { kind: 'ratelimited', retryAfterSeconds: 2 });
    await room.incidents.declare(asker, down);
    const errors = await room.queue.run();
    expect(errors).toEqual([expect.objectContaining({ reason: 'rate_limited' })]);
    expect(keys(room, name)).toContain('incident:1:summary');
    expect(one(room).topic).toBe('');
    await eventually(async () => {
      await room.queue.run();
      expect(one(room).topic).toContain('INC-1');
    });
  });

  it.each(Array.from({ length: 11 }, (_, at) => at))(
    'killed after its call %i to Slack, nothing is doubled or missing',
    async (at) => {
      let calls = 0;
      const killing = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
        return async (...args: A): Promise<R> => {
          const answer = await call(...args);
          if (calls++ === at) throw new Error('killed');
          return answer;
        };
      };
      const room = await roomOf(store, {
        port: (port) => ({
          ...port,
          post: killing(port.post),
          update: killing(port.update),
          channels: Object.fromEntries(
            Object.entries(port.channels).map(([key, call]) => [key, killing(call as never)]),
          ) as unknown as typeof port.channels,
        }),
      });
      await room.incidents.declare(asker, down);
      await room.queue.finish(30);
      expect(calls).toBeGreaterThan(at);
      expect(one(room)).toMatchObject({ topic: 'INC-1 P0 Critical: API is down' });
      expect(keys(room, name)).toEqual([
        'incident:1:summary',
        'incident:1:notification@incident',
        'incident:1:offer:p0@incident',
      ]);
      expect(room.workspace.messages(name).filter(({ pinned }) => pinned)).toHaveLength(1);
      expect(room.said()).toHaveLength(1);
      expect(await events(room)).toEqual([`#${name}`]);
    },
  );
});

describe('when people or Slack are in its way', () => {
  it('a person who was deactivated keeps nobody out, and is noted', async () => {
    const room = await roomOf(store, { paging: { onCalls: undefined } });
    room.workspace.state.users.get('U0BEN00001')!.deleted = true;
    await room.incidents.declare({ by: ben, request: 'R' }, down);
    await room.incidents.add(asker, { id: 1, who: anna });
    await room.queue.finish();
    expect(one(room).members.has('U0ANNA0001')).toBe(true);
    expect(await events(room)).toEqual([`#${name}`, 'slack:U0BEN00001 could not be invited: cant_invite']);
    await room.incidents.mitigate(asker, 1);
    await room.queue.finish();
    expect(await events(room)).toHaveLength(2);
  });

  it('without the scope there is no channel: the thread of its message says so, once, and has all of it', async () => {
    const room = await roomOf(store);
    room.workspace.fault('conversations.create', { kind: 'error', error: 'missing_scope' }, 100);
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    await room.incidents.acknowledge(asker, 1);
    await room.queue.finish();
    expect(made(room)).toEqual([]);
    const thread = room.workspace.messages('#alerts').filter(({ thread_ts, ts }) => thread_ts && thread_ts !== ts);
    expect(thread.map(({ text }) => text)).toEqual([
      expect.stringMatching(/INC-1 has no channel of its own: .*missing_scope.* goes on in this thread/),
      expect.stringContaining('INC-1 P0 Critical'),
      expect.stringContaining('what may help'),
      expect.stringContaining('Nobody commands INC-1 yet'),
    ]);
    expect(room.workspace.traffic.filter(({ method }) => method === 'conversations.create')).toHaveLength(1);
  });

  it('what the token may not do in it is left out and noted; the rest is there', async () => {
    const room = await roomOf(store);
    for (const method of ['pins.add', 'conversations.invite', 'users.lookupByEmail', 'conversations.setTopic'])
      room.workspace.fault(method, { kind: 'error', error: 'missing_scope' }, 100);
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    expect(keys(room, name)).toHaveLength(3);
    expect(await events(room)).toEqual([
      `#${name}`,
      ...['topic', 'on-call', 'invite', 'pin'].map((step) => `${step}: Slack refuses it (missing_scope)`),
    ]);
  });

  it('PagerDuty not telling who is on call holds nothing up', async () => {
    const now = async () => {
      throw new PortError('unavailable', 'PagerDuty answers 503', { retryable: true });
    };
    const room = await roomOf(store, { paging: { onCalls: { now, ofSchedules: now, isAnybody: now } } });
    await room.incidents.declare(asker, down);
    expect(await room.queue.run()).toEqual([expect.objectContaining({ reason: 'unavailable' })]);
    expect(keys(room, name)).toContain('incident:1:summary');
    await room.pass(31 * 60_000);
    await room.queue.finish();
  });

  it('archived by hand: it goes on in the thread, which says so once; opened again, it goes on there', async () => {
    const room = await declared();
    const channel = one(room);
    channel.is_archived = true;
    await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
    await room.queue.finish();
    await room.incidents.mitigate(asker, 1);
    await room.queue.finish();
    const thread = () => room.workspace.messages('#alerts').filter(({ text }) => text.includes("can't be used"));
    expect(thread().map(({ text }) => text)).toEqual([
      `<#${channel.id}> can't be used: it is archived. INC-1 goes on in this thread`,
    ]);
    expect(room.said()[0]).toContain('channel can');
    channel.is_archived = false;
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await room.queue.finish();
    expect(room.said(channel.id)[0]).toContain('paused');
    expect((await room.incident(1)).homeProblem).toBeUndefined();
    expect(thread()).toHaveLength(1);
  });

  it('what is said while the bot was removed is said in the thread, and that once', async () => {
    const room = await declared();
    room.workspace.fault('chat.postMessage', { kind: 'error', error: 'not_in_channel' });
    one(room).members.delete(room.workspace.identity.botUser);
    const { say } = await import('../../../src/incidents/say.ts');
    const post = (text: string) => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
    for (const key of ['a', 'b'])
      await store.transaction((tx) => say(tx, room.ports, { id: 1, key, to: 'incident', post: post(`said ${key}`) }));
    await room.queue.finish();
    const thread = room.workspace.messages('#alerts').filter(({ thread_ts, ts }) => thread_ts && thread_ts !== ts);
    expect(thread.slice(1).map(({ text }) => text)).toEqual([
      'said a',
      'said b',
      expect.stringMatching(/can't be used: Rounds is not in it: invite it/),
    ]);
  });

  it.each([
    ['that it never had', { fault: 'missing_scope', tells: /has no channel of its own/ }],
    ['that is archived', { fault: undefined, tells: /can't be used: it is archived/ }],
  ])('where PHI may be involved, without the channel %s no details are told in the thread', async (_, how) => {
    const room = await roomOf(store);
    if (how.fault) room.fault('conversations.create', { kind: 'error', error: how.fault });
    await room.incidents.declare(asker, { ...down, title: 'Ann Smith is seen', phi: true });
    await room.queue.finish(30);
    if (!how.fault) one(room).is_archived = true;
    const { say } = await import('../../../src/incidents/say.ts');
    const post = (text: string) => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
    const tell = async (key: string) => {
      const said = { id: 1, key, to: 'incident' as const, post: post(`Ann Smith ${key}`) };
      await store.transaction((tx) => say(tx, room.ports, said));
      await room.queue.finish();
    };
    for (const key of ['a', 'b', 'c']) await tell(key);
    const task = await room.incidents.tasks.add(asker, { id: 1, key: 't', what: 'call Ann Smith' });
    expect(task.kind).toBe('added');
    await room.queue.finish();
    expect(whole(room, '#alerts')).not.toContain('Ann Smith');
    const texts = () => room.workspace.messages('#alerts').map(({ text }) => text);
    const news = () => texts().filter((text) => text.includes('news for its channel'));
    expect(texts().filter((text) => how.tells.test(text))).toEqual([expect.stringContaining('no details')]);
    expect(news()).toHaveLength(1);
    expect(texts().filter((text) => text.includes('T1: as PHI may be involved'))).toHaveLength(1);
    await room.pass(20 * 60_000);
    await tell('d');
    expect(news().length).toBeGreaterThan(1);
    expect(whole(room, '#alerts')).not.toContain('Ann Smith');
  });

  it('whoever is asked into the channel of a private incident is in it', async () => {
    const room = await declared({ private: true });
    await store.pool.query(
      `insert into incident_channel_person (incident_id, person, state) values (1, 'U0BEN00001', 'wanted')`,
    );
    expect(await room.incidents.list(9, { id: ben.id })).toEqual([]);
    await room.incidents.mitigate(asker, 1);
    await room.queue.finish();
    expect(one(room).members.has('U0BEN00001')).toBe(true);
    expect(await room.incidents.list(9, { id: ben.id })).toHaveLength(1);
  });

  it('renamed by hand: it goes on', async () => {
    const room = await declared();
    const channel = one(room);
    channel.name = 'inc-the-big-one';
    await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
    await room.queue.finish();
    expect(room.said('inc-the-big-one')[0]).toContain('is on it');
    expect(made(room)).toHaveLength(1);
  });

  it('a summary that somebody deleted is posted anew and pinned', async () => {
    const room = await declared();
    const { state } = room.workspace;
    state.messages.splice(
      state.messages.findIndex(({ pinned }) => pinned),
      1,
    );
    await room.incidents.acknowledge({ by: ben, request: 'R' }, 1);
    await room.queue.finish();
    expect(room.workspace.messages(name).filter(({ pinned }) => pinned)).toHaveLength(1);
  });
});

describe('its end', () => {
  it('is archived when its time has come, not before, and the summary says that it is over', async () => {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: 'rolled back' });
    await room.queue.finish();
    const afterMs = room.ports.severities.all[0]!.archiveAfterMs!;
    await room.pass(afterMs - 60_000);
    expect(one(room).is_archived).toBe(false);
    await room.pass(60_000);
    await room.queue.finish();
    expect(one(room).is_archived).toBe(true);
    expect(room.said(one(room).id)[0]).toMatch(/Resolved.*rolled back/);
    expect(await events(room)).toEqual([`#${name}`, 'archived']);
  });

  it('reopened before that, it is not archived', async () => {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.queue.finish();
    await room.pass(90 * days);
    expect(one(room).is_archived).toBe(false);
  });

  async function archived(): Promise<Room> {
    const room = await declared();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.queue.finish();
    await room.pass(room.ports.severities.all[0]!.archiveAfterMs!);
    await room.queue.finish();
    expect(one(room).is_archived).toBe(true);
    return room;
  }

  it('reopened after it, what Slack lets only people open again is asked of them, in the thread', async () => {
    const room = await archived();
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.queue.finish();
    const asked = () => room.workspace.messages('#alerts').filter(({ text }) => text.includes('unarchive it'));
    expect(asked()).toHaveLength(1);
    await room.incidents.mitigate(asker, 1);
    await room.queue.finish();
    expect(asked()).toHaveLength(1);
    Object.assign(one(room), { is_archived: false }).members.add(room.workspace.identity.botUser);
    await room.incidents.acknowledge(asker, 1);
    await room.queue.finish();
    expect(room.said(one(room).id)[0]).toContain('is on it');
  });

  it('where Slack lets the bot, it is opened again', async () => {
    const room = await archived();
    one(room).members.add(room.workspace.identity.botUser);
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await room.queue.finish();
    expect(one(room).is_archived).toBe(false);
    expect(room.said(one(room).id)[0]).not.toContain('Resolved');
  });

  it('merged into another, its message says so', async () => {
    const room = await declared();
    await room.incidents.declare(asker, { ...down, key: 'k2', title: 'Site is down' });
    await room.queue.finish();
    await room.incidents.merge(asker, { id: 1, into: 2 });
    await room.queue.finish();
    expect(room.said(name)[0]).toContain('The same as INC-2, which goes on');
    expect(room.said()[0]).toContain('The same as INC-2, which goes on');
  });

  it('over before there was a channel: none is made', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, down);
    await room.incidents.resolve(asker, { id: 1, words: 'a false alarm' });
    await room.queue.finish();
    expect(made(room)).toEqual([]);
    expect(room.said()).toEqual([
      expect.stringContaining('API is down*'),
      expect.stringMatching(/resolved\*.*a false alarm/),
    ]);
    expect(keys(room, '#alerts')).toEqual(['incident:1', expect.stringMatching(/^incident:1:resolution:/)]);
  });
});
