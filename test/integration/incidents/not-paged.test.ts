import { beforeAll, describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { createMail } from '../../../src/mail/mail.ts';
import { createEvents, type Events } from '../../../src/paging/events.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWorkspace } from '../../../src/workspace/workspace.ts';
import { asker, type Room, type RoomOptions, roomOf } from '../../support/incidents.ts';
import { smtpServer } from '../../support/smtp.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const down = { key: 'k1', severity: 'P0', title: 'API is down' };
const calls = (room: Room) => room.said().filter((text) => text.includes('<!here>'));

/** PagerDuty takes nothing by its first routing key until it is mended. */
async function broken(over: Partial<RoomOptions> = {}) {
  const workspace = over.workspace ?? (await startWorkspace());
  const { phone } = workspace;
  const real = createEvents({ url: phone.eventsUrl });
  const state = { away: true };
  const events: Events = {
    async send(key, event, signal) {
      if (state.away && key === phone.routingKey)
        throw new PortError('unavailable', 'PagerDuty answers 503', { retryable: true });
      return real.send(key, event, signal);
    },
  };
  const smtp = await smtpServer();
  const mail = createMail({ url: smtp.url, from: 'rounds@example.com', timeoutMs: 500 });
  const paging = { events, fallbackKey: phone.fallbackKey };
  const room = await roomOf(store, { workspace, mail, paging, ...over });
  return { room, smtp, state, phone };
}

/** Its own channel. */
const homeOf = async (room: Room) => (await room.incident(1)).home!.channel;

/** What can be done is done; the page of the first key goes on failing. */
async function settle(room: Room): Promise<void> {
  for (let n = 0; n < 6; n += 1) await room.queue.run();
}

describe('the post that says NOT PAGED', () => {
  it('has the numbers to call while PagerDuty is away: who is on call, then the second level', async () => {
    const { room } = await broken();
    await room.directory.refresh();
    room.fault('pagerduty.oncalls', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(calls(room)).toEqual([
      expect.stringMatching(
        /NOT PAGED: INC-1 P0 Critical, nobody confirmed in 50 s.*Why: PagerDuty answers 503.*\*CALL\* Anna <tel:\+1202555\d{4}\|\+1202555\d{4}>, then Ben <tel:/,
      ),
    ]);
    expect(calls(room)[0]).toContain('"I reached someone"');
    expect(calls(room)[0]).not.toContain('as of');
  });

  it('says how old the numbers are, and keeps those of people who were on call when nobody is', async () => {
    const { room } = await broken();
    await room.directory.refresh();
    room.workspace.phone.setOnCall([]);
    await room.directory.refresh();
    room.clock.move(2 * 3_600_000);
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(calls(room)[0]).toMatch(/Anna <tel:[^>]+> \(was on call <!date/);
  });

  it('prefers what ops.yml says of the backup, and says so when no number is known', async () => {
    const contacts = new Map([
      ['on-call', { name: 'on-call', backup: 'cto' }],
      ['cto', { name: 'cto', phone: '+1-555-0103' }],
    ]);
    const { room } = await broken({ contacts });
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(calls(room)[0]).toContain('*CALL* cto <tel:+15550103|+1-555-0103>');
    const bare = await broken();
    await bare.room.incidents.declare(asker, down);
    await bare.room.pass(50_000);
    await settle(bare.room);
    expect(calls(bare.room)[0]).toContain('no number is known here');
  });

  it('its button acknowledges, and the post says who is on it', async () => {
    const { room } = await broken();
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(calls(room)[0]).toContain('"action_id":"incident.acknowledge"');
    await room.incidents.acknowledge(asker, 1);
    await settle(room);
    expect(calls(room)).toEqual([]);
    expect(room.said().join('\n')).toContain('it was not paged at first');
  });
});

describe('other ways', () => {
  it('within 120 s an e-mail leaves and the second key pages; the first is tried on, and both end together', async () => {
    const { room, smtp, state, phone } = await broken();
    await room.directory.refresh();
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(smtp.mails).toMatchObject([{ to: ['anna@example.com'] }]);
    expect(smtp.mails[0]!.text).toContain('Nobody confirmed the page');
    expect(room.pages()).toMatchObject([{ dedupKey: 'rounds:1:1:fallback', status: 'triggered' }]);
    expect(calls(room)).toHaveLength(1);
    expect(calls(room)[0]).toMatch(/E-mail sent to Anna.*Paged by the second routing key/);
    state.away = false;
    await room.queue.finish();
    expect(room.pages().map(({ dedupKey }) => dedupKey)).toEqual(['rounds:1:1:fallback', 'rounds:1:1']);
    // Somebody acknowledges the second one, on the phone: the first stops ringing too.
    phone.acknowledge('rounds:1:1:fallback', 'U0BEN00001');
    await room.pass(15_000);
    await room.queue.finish();
    expect((await room.incident(1)).acknowledged?.by).toBe('Ben in PagerDuty');
    expect(room.pages()).toMatchObject([{ status: 'acknowledged' }, { status: 'acknowledged' }]);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'resolved' }, { status: 'resolved' }]);
    const { events } = await room.incidents.show(1);
    expect(
      events
        .filter(({ kind }) => kind === 'fallback')
        .map(({ words }) => words)
        .sort(),
    ).toEqual(['e-mail to Anna: sent', 'paged by the second routing key']);
  });

  it('at once when PagerDuty refuses the page', async () => {
    const { room, smtp } = await broken({ paging: { routingKey: undefined } });
    await room.directory.refresh();
    await room.incidents.declare(asker, down);
    await room.queue.finish();
    expect(smtp.mails).toHaveLength(1);
    expect(calls(room)[0]).toContain('No second page: PAGERDUTY_FALLBACK_ROUTING_KEY is not set');
  });

  it('what is not set up, and what fails, is in the post', async () => {
    const { room } = await broken({ mail: undefined });
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(calls(room)[0]).toContain('No e-mail: SMTP_URL is not set');
    const refusing = await broken();
    refusing.smtp.become('refuses 550');
    await refusing.room.directory.refresh();
    await refusing.room.incidents.declare(asker, down);
    await refusing.room.pass(50_000);
    await settle(refusing.room);
    expect(calls(refusing.room)[0]).toContain('No e-mail to Anna: the mail server refuses the e-mail (550)');
  });

  it('are not tried once somebody is on it, nor for a page that was confirmed', async () => {
    const { room, smtp, state } = await broken();
    await room.directory.refresh();
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    const waiting = room.queue.waiting.find(({ name }) => name === 'incidents.fallback')!;
    expect(waiting).toBeDefined();
    await room.incidents.acknowledge(asker, 1);
    state.away = false;
    await room.queue.finish();
    expect(smtp.mails).toEqual([]);
    expect(room.pages()).toEqual([]);
  });

  it('are taken once, though the job is delivered to another replica as well', async () => {
    const { room, smtp } = await broken();
    await room.directory.refresh();
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    const job = room.queue.waiting.find(({ name }) => name === 'incidents.fallback')!;
    await settle(room);
    room.queue.waiting.push({ ...job, attempt: 2 });
    await settle(room);
    expect(smtp.mails).toHaveLength(1);
    expect(room.pages()).toMatchObject([{ count: 1 }]);
  });

  it('PagerDuty is away for ten minutes: NOT PAGED stands once, and is taken back when the page is accepted, late', async () => {
    const announced: string[] = [];
    const late: number[] = [];
    const { room, state } = await broken({
      announce: async (_, { lines }) => void announced.push(lines.join('\n')),
      onPaged: (ms) => void late.push(ms),
    });
    await room.incidents.declare(asker, down);
    await room.pass(50_000);
    await settle(room);
    expect(calls(room)).toHaveLength(1);
    for (let n = 0; n < 38; n += 1) await room.pass(15_000);
    expect(calls(room)).toHaveLength(1);
    state.away = false;
    await room.queue.finish();
    expect(room.pages().at(-1)).toMatchObject({ dedupKey: 'rounds:1:1', status: 'triggered', count: 1 });
    expect(calls(room)).toEqual([]);
    expect(announced).toEqual([
      'the page of INC-1 was accepted only after 10 min 20 s'.replace('the', '⏰ The') +
        '\nUntil then: PagerDuty answers 503',
    ]);
    expect(late).toEqual([620_000]);
  });
});

describe('a severity that tells by e-mail at this hour', () => {
  const night = { ...down, severity: 'P2' };
  async function atNight(over: Partial<RoomOptions> = {}) {
    const smtp = await smtpServer();
    const mail = createMail({ url: smtp.url, from: 'rounds@example.com', timeoutMs: 500 });
    const room = await roomOf(store, { mail, ...over });
    await room.directory.refresh();
    room.clock.move(14 * 3_600_000);
    await room.incidents.declare(asker, night);
    return { room, smtp };
  }

  it('sends one to who is on call, and says so', async () => {
    const { room, smtp } = await atNight();
    await room.queue.finish();
    expect(smtp.mails).toMatchObject([{ to: ['anna@example.com'], text: expect.stringContaining('You are on call') }]);
    expect(room.said(await homeOf(room)).join()).toContain('E-mail to Anna');
    expect(calls(room)).toEqual([]);
  });

  it('says NOT TOLD without a mail server, and without an address', async () => {
    const { room } = await atNight({ mail: undefined });
    await room.queue.finish();
    expect(calls(room)).toEqual([expect.stringMatching(/NOT TOLD: INC-1 P2 Medium.*SMTP_URL is not set/)]);
    const nobody = await atNight({ paging: { onCalls: undefined } });
    await nobody.room.queue.finish();
    expect(calls(nobody.room)).toEqual([expect.stringContaining('no e-mail address of anybody on call is known')]);
  });

  it('says NOT TOLD once when the mail server does not take it, and sends it when it does', async () => {
    const { room, smtp } = await atNight();
    smtp.become('silent');
    for (let n = 0; n < 5; n += 1) await room.queue.run();
    expect(calls(room)).toEqual([expect.stringContaining('it is tried again')]);
    smtp.become('takes');
    await room.queue.finish();
    expect(smtp.mails).toHaveLength(1);
    expect(calls(room)).toHaveLength(1);
  });
});
