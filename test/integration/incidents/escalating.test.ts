import { beforeAll, describe, expect, it } from 'vitest';
import type { LateTimers } from '../../../src/jobs/timers-late.ts';
import { createMail } from '../../../src/mail/mail.ts';
import { readSeverities } from '../../../src/severities/read.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, type Room, type RoomOptions, roomOf } from '../../support/incidents.ts';
import { smtpServer } from '../../support/smtp.ts';
import { embeddedStore } from '../../support/store.ts';
import { telephoneService } from '../../support/twilio.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const minute = 60_000;
const severity = (id: string, rank: number, levels: string[], page = 'page') => ({
  ...{ id, file: `${id}.yml` },
  text: `label: ${id}\nrank: ${rank}\ncriteria: It burns\nresponse_time: 15m\npage: ${page}\nescalation:\n  levels:\n${levels
    .map((level) => `    - ${level}\n`)
    .join('')}`,
});
/** As RMS has it. */
const rms = [
  '{ after: 0m, way: slack, to: "@web" }',
  '{ after: 5m, way: email, to: on-call }',
  '{ after: 10m, way: sms, to: on-call }',
  '{ after: 15m, way: phone, to: backup }',
];
const severities = {
  folder: 'test',
  all: readSeverities([
    severity('worst', 0, [
      '{ after: 1m, way: page, to: on-call }',
      '{ after: 2m, way: phone, to: [nobody, "+1-555-0199"] }',
    ]),
    severity('bad', 1, rms),
  ]),
};
const contacts = new Map([
  ['on-call', { name: 'on-call', email: 'oncall@example.com', phone: '+1-555-0101' }],
  ['backup', { name: 'backup', phone: '+1-555-0102' }],
]);
const declared = { key: 'k1', severity: 'bad', title: 'API is down' };

async function escalating(over: Partial<RoomOptions> = {}) {
  const smtp = await smtpServer();
  const service = await telephoneService();
  const mail = createMail({ url: smtp.url, from: 'rounds@example.com', timeoutMs: 500 });
  const room = await roomOf(store, { severities, contacts, mail, telephone: service.telephone, ...over });
  return { room, smtp, service };
}

/** Everything that waits is carried out. */
async function pass(room: Room, ms: number): Promise<void> {
  await room.pass(ms);
  await room.queue.finish();
}

const fired = async (room: Room) =>
  (await room.incidents.show(1)).events.filter(({ kind, data }) => kind === 'escalated' && data?.level !== undefined);
/** What is said in the incident's own channel. */
const inChannel = async (room: Room) => {
  const { channel } = (await room.incident(1)).home!;
  return () => room.said(channel);
};
const levels = (room: Room) => room.said().filter((text) => text.includes('Nobody has acknowledged'));

describe('while nobody acknowledges', () => {
  it('each level fires at its time: Slack, an e-mail, a text message, a call to the backup', async () => {
    const { room, smtp, service } = await escalating();
    await room.incidents.declare(asker, declared);
    await room.queue.finish();
    await pass(room, 0);
    expect(levels(room)).toEqual([expect.stringMatching(/<@U0ANNA0001> → please take it on.*/)]);
    await pass(room, 4 * minute);
    expect(smtp.mails).toEqual([]);
    await pass(room, minute);
    expect(smtp.mails).toMatchObject([
      { to: ['oncall@example.com'], text: expect.stringContaining('INC-1 bad: API is down') },
    ]);
    expect(smtp.mails[0]!.text).toContain('/ops incident ack INC-1');
    await pass(room, 5 * minute);
    expect(service.sent()).toEqual([expect.stringMatching(/^text \+15550101: INC-1 bad: API is down/)]);
    await pass(room, 5 * minute);
    expect(service.sent()[1]).toMatch(/^call \+15550102: <Response><Say>This is Rounds. Incident 1 bad: API is down/);
    await pass(room, 60 * minute);
    expect(levels(room)).toHaveLength(4);
    expect(levels(room).join()).not.toContain('late');
    expect((await fired(room)).map(({ words }) => words)).toEqual([
      ...['level 1 of 4: Slack to @web', 'level 2 of 4: e-mail to on-call', 'level 3 of 4: text message to on-call'],
      'level 4 of 4: call to backup',
    ]);
  });

  it('an acknowledgement ends it, what was on its way too', async () => {
    const { room, smtp, service } = await escalating();
    await room.incidents.declare(asker, declared);
    await pass(room, 0);
    // The level has fired, and its e-mail waits.
    room.clock.move(5 * minute);
    await room.pass(0);
    await room.incidents.acknowledge(asker, 1);
    await room.queue.finish();
    await pass(room, 60 * minute);
    expect(smtp.mails).toEqual([]);
    expect(service.sent()).toEqual([]);
    expect(levels(room)).toHaveLength(1);
    expect((await store.pool.query(`select state from incident_notice`)).rows).toEqual([{ state: 'void' }]);
  });

  it('after three hours of standstill each level fires once, in order, and says that it is late', async () => {
    const late: LateTimers[] = [];
    const { room, smtp, service } = await escalating({ onLate: (told) => void late.push(told) });
    await room.incidents.declare(asker, declared);
    await room.queue.finish();
    await pass(room, 180 * minute);
    expect(late).toMatchObject([{ worstMs: 180 * minute }]);
    expect(late[0]!.keys.filter((key) => key.includes('level:'))).toHaveLength(4);
    expect((await fired(room)).map(({ words }) => words)).toEqual([
      expect.stringMatching(/^level 1 of 4: .*\(late: due 09:00 UTC\)$/),
      expect.stringMatching(/^level 2 of 4: .*\(late: due 09:05 UTC\)$/),
      expect.stringMatching(/^level 3 of 4: .*\(late: due 09:10 UTC\)$/),
      expect.stringMatching(/^level 4 of 4: .*\(late: due 09:15 UTC\)$/),
    ]);
    const said = levels(room);
    expect(said.map((text) => /level (\d) of 4 · late: due/.exec(text)?.[1])).toEqual(['1', '2', '3', '4']);
    expect([smtp.mails.length, service.sent().length]).toEqual([1, 2]);
    await pass(room, 180 * minute);
    expect(await fired(room)).toHaveLength(4);
  });

  it('a level that is delivered twice, or comes behind a new plan, fires nothing', async () => {
    const { room, smtp } = await escalating();
    await room.incidents.declare(asker, declared);
    room.clock.move(5 * minute);
    await room.pass(0);
    const level = room.queue.waiting.find(({ name }) => name === 'incidents.level-say')!;
    await room.queue.finish();
    room.queue.waiting.push({ ...level, name: 'incidents.level' });
    room.queue.waiting.push({ ...level, name: 'incidents.level', data: { id: 1, plan: 9, level: 1 } });
    await room.queue.finish();
    expect(await fired(room)).toHaveLength(2);
    expect(smtp.mails).toHaveLength(1);
  });

  it('what can not be reached is said: no SMTP, no telephone, nobody of that name', async () => {
    const { room } = await escalating({ mail: undefined, telephone: undefined });
    await room.incidents.declare(asker, declared);
    await pass(room, 20 * minute);
    const said = levels(room).join('\n');
    expect(said).toContain('No e-mail to on-call: SMTP_URL is not set');
    expect(said).toContain('No text message to on-call: TWILIO_ACCOUNT_SID is not set');
    const other = await escalating();
    await other.room.incidents.declare(asker, { ...declared, severity: 'worst' });
    await pass(other.room, 2 * minute);
    expect(levels(other.room).join('\n')).toMatch(
      /<tel:\+15550199\|\+1-555-0199>.*No call to nobody: it is not known who that is/,
    );
    expect(other.service.sent()).toEqual([expect.stringContaining('call +15550199')]);
  });

  it('a mail server that is away is said once, and tried until it is back', async () => {
    const { room, smtp } = await escalating();
    smtp.become('refuses 451');
    await room.incidents.declare(asker, declared);
    await room.pass(5 * minute);
    for (let n = 0; n < 4; n += 1) await room.queue.run();
    const inside = await inChannel(room);
    const failing = () => inside().filter((text) => text.includes('No e-mail to on-call yet'));
    expect(failing()).toHaveLength(1);
    smtp.become('takes');
    await room.queue.finish();
    expect(smtp.mails).toHaveLength(1);
    expect(inside().at(-1)).toContain('e-mail to on-call was sent after all');
    expect(failing()).toHaveLength(1);
  });

  it('what is refused for good is said, and not tried again', async () => {
    const { room, smtp } = await escalating();
    smtp.become('refuses 550');
    await room.incidents.declare(asker, declared);
    await pass(room, 5 * minute);
    const inside = (await inChannel(room))().join();
    expect(inside).toContain('No e-mail to on-call: the mail server refuses the e-mail (550)');
    expect([inside, ...room.said()].join()).not.toMatch(/(anna|oncall)@example\.com/);
  });

  it('another severity has its own levels from then on, and another page rings without NOT PAGED', async () => {
    const { room, smtp } = await escalating();
    await room.incidents.declare(asker, declared);
    await pass(room, 0);
    await pass(room, 3 * minute);
    await room.incidents.changeSeverity(asker, { id: 1, severity: 'worst', words: '' });
    await pass(room, minute);
    expect((await fired(room)).map(({ words }) => words)).toEqual([
      'level 1 of 4: Slack to @web',
      'level 1 of 2: page to on-call',
    ]);
    await pass(room, 0);
    expect(room.pages().map(({ dedupKey }) => dedupKey)).toEqual(['rounds:1:1', 'rounds:1:2', 'rounds:1:3']);
    await pass(room, minute);
    expect((await room.incident(1)).notPaged).toBeUndefined();
    await pass(room, 30 * minute);
    expect(smtp.mails).toEqual([]);
    expect(await fired(room)).toHaveLength(3);
  });

  it('reopened it begins anew', async () => {
    const { room, smtp } = await escalating();
    await room.incidents.declare(asker, declared);
    await pass(room, minute);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await pass(room, 30 * minute);
    expect(await fired(room)).toHaveLength(1);
    await room.incidents.reopen(asker, { id: 1, words: '' });
    await pass(room, 6 * minute);
    expect(await fired(room)).toHaveLength(3);
    expect(smtp.mails).toHaveLength(1);
  });

  it('a drill reaches nobody outside Slack; PHI and private ones say nothing of what it is', async () => {
    const { room, smtp, service } = await escalating();
    await room.incidents.declare(asker, { ...declared, drill: true });
    await pass(room, 20 * minute);
    expect(levels(room)).toEqual([expect.stringContaining('DRILL')]);
    expect([smtp.mails, service.sent(), room.pages()]).toEqual([[], [], []]);
    const hidden = await escalating();
    await hidden.room.incidents.declare(asker, {
      ...declared,
      title: 'Records of Jane Roe',
      systems: 'Roe',
      phi: true,
    });
    await pass(hidden.room, 20 * minute);
    expect(JSON.stringify([hidden.smtp.mails, hidden.service.sent()])).not.toContain('Roe');
    expect(hidden.smtp.mails[0]!.text).toContain('INC-1 bad: see Slack');
  });

  it('where PagerDuty escalates Rounds has nothing to do', async () => {
    const { room } = await escalating({ severities: (await roomOf(store)).ports.severities });
    await room.incidents.declare(asker, { ...declared, severity: 'P0' });
    await pass(room, 60 * minute);
    expect((await store.pool.query('select 1 from incident_level')).rows).toEqual([]);
    expect(await fired(room)).toEqual([]);
  });
});
