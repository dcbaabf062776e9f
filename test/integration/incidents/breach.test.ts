import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import type { Answers } from '../../../src/incidents/breach/model.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, ben, type Room, type RoomOptions, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const down = { key: 'k1', severity: 'P0', title: 'Records are public' };
const factors = { nature: 'Names of Jane Doe and others', who: 'Anybody', acquired: 'Yes', mitigated: 'Taken down' };
const breached: Answers = {
  ...{ exposed: 'yes', factors, states: { CA: 620, NY: 40 }, individuals: 660, weAre: 'covered_entity' },
  conclusion: 'breach',
};
const low: Answers = { ...breached, conclusion: 'low' };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** With a channel of its own, where details may be said; `refused`: Slack's word against that. */
async function declared(over: object = {}, options: Partial<RoomOptions> = {}, refused?: string): Promise<Room> {
  const room = await roomOf(store, options);
  if (refused !== undefined) room.fault('conversations.create', { kind: 'error', error: refused });
  await room.incidents.declare(asker, { ...down, phi: true, ...over });
  await room.queue.finish();
  return room;
}

async function assess(room: Room, answers: Answers = breached, discovered?: { at: Date; reason: string }) {
  const basedOn = (await room.incidents.breach.find(1))?.newest?.version ?? 0;
  await room.incidents.breach.assess(asker, { id: 1, answers, basedOn, ...(discovered && { discovered }) });
  await room.queue.finish();
}

/** What was said of the assessment in a channel, or in its own, oldest first: other parts talk there, too. */
function said({ workspace }: Room, channel = homeOf(workspace)?.id): string[] {
  if (channel === undefined) return [];
  return workspace
    .messages(channel)
    .flatMap(({ blocks, metadata }) =>
      /^(incident:1:)?breach[-:]/.test(String(metadata?.event_payload.key)) ? [JSON.stringify(blocks)] : [],
    );
}

function homeOf({ state }: Room['workspace']) {
  return [...state.channels.values()].find(({ name }) => name?.startsWith('inc-'));
}

/** The first lines of that. */
function heads(room: Room, channel?: string): string[] {
  return said(room, channel).map((post) => /"text":"\*(.*?)\*/.exec(post)?.[1] ?? post);
}

/** Time passes: what its own channel was told of the assessment by then. */
async function pass(room: Room, ms: number): Promise<string[]> {
  const before = said(room).length;
  await room.pass(ms);
  await room.queue.finish();
  return heads(room).slice(before);
}

async function notices(room: Room): Promise<string[]> {
  return (await room.incidents.breach.find(1))!.notices.map(
    ({ kind, dueOn, sent }) => `${kind} ${dueOn}${sent ? ` sent ${sent.on}` : ''}`,
  );
}

const audited = async () =>
  (await createAudit({ store, clock: store.time }).search({ limit: 20, target: 'incident/1' })).rows.flatMap(
    ({ recorded }) => recorded ?? [],
  );

describe('when PHI may be involved', () => {
  it('everybody learns that an assessment is due, and its channel is asked the questions', async () => {
    const room = await declared();
    expect(said(room, '#alerts')).toEqual([expect.stringContaining('INC-1: a breach assessment is due')]);
    expect(said(room, '#alerts').join()).not.toContain('PHI');
    expect(heads(room)).toEqual([]);
    const [offer] = await pass(room, 30_000);
    expect(offer).toContain('a HIPAA breach assessment is due');
    expect(offer).toContain('<@U0CARLA001>');
    expect(await room.incidents.breach.find(1)).toMatchObject({
      discoveredAt: new Date('2026-11-23T09:00:00Z'),
      dueAt: new Date('2026-11-26T09:00:00Z'),
    });
  });

  it('it begins when that is said later, also after the end; saying no ends what is asked, saying yes again takes it up', async () => {
    const room = await declared({ phi: false });
    expect(await room.incidents.breach.find(1)).toBeUndefined();
    await room.incidents.resolve(asker, { id: 1, words: '' });
    room.clock.move(hour);
    await room.incidents.setPhi(asker, { id: 1, phi: true });
    room.clock.move(hour);
    await room.incidents.setPhi(asker, { id: 1, phi: false });
    expect(await pass(room, 80 * hour)).toEqual([]);
    await room.incidents.setPhi(asker, { id: 1, phi: true });
    expect((await room.incidents.breach.find(1))?.discoveredAt).toEqual(new Date('2026-11-23T10:00:00Z'));
    expect(await pass(room, 24 * hour)).toEqual(expect.arrayContaining([expect.stringContaining('OVERDUE')]));
  });

  it('its channel is asked when it comes late, within the hour', async () => {
    const room = await roomOf(store);
    room.fault('conversations.create', { kind: 'http', status: 503 });
    await room.incidents.declare(asker, { ...down, phi: true });
    await room.queue.run();
    await room.pass(30_000);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(heads(room)).toEqual([]);
    expect(await pass(room, 5 * 60_000)).toEqual([expect.stringContaining('a HIPAA breach assessment is due')]);
    expect(await pass(room, hour)).toEqual([]);
  });

  it('a drill is marked everywhere, and a private one is announced nowhere', async () => {
    const drill = await declared({ drill: true });
    await assess(drill);
    await pass(drill, 30 * day);
    const all = [...heads(drill), ...heads(drill, '#alerts')];
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter((head) => !head.includes('DRILL INC-1'))).toEqual([]);
    const secret = await declared({ private: true });
    expect(secret.workspace.messages('#alerts').filter(({ bot_id }) => bot_id)).toEqual([]);
    expect((await pass(secret, 30_000)).length).toBe(1);
  });

  it('without a channel of its own nobody reads details', async () => {
    const room = await declared({}, {}, 'restricted_action');
    await assess(room);
    await room.pass(30 * day);
    await room.queue.finish();
    expect(said(room, '#alerts').join()).toContain('its breach assessment needs a look');
    // What people read: times and ids may hold these digits by chance.
    const read = room.workspace.messages('#alerts').map(({ text, blocks }) => [text, blocks]);
    const everything = JSON.stringify(read, (key, value) => (key === 'block_id' ? undefined : value));
    for (const detail of ['660', 'CA 620', 'HHS', ' media', 'Jane']) expect(everything).not.toContain(detail);
  });

  it('of a private one without a channel, who has it is told alone', async () => {
    const room = await declared({ private: true }, {}, 'restricted_action');
    await room.pass(30_000);
    await room.queue.finish();
    const posts = room.workspace.traffic.filter(
      ({ method, args }) => method === 'chat.postMessage' && JSON.stringify(args).includes('needs a look'),
    );
    expect(posts).toHaveLength(1);
    expect(JSON.stringify(posts)).toContain('"channel":"D0ANNA0001"');
    expect(said(room, '#alerts')).toEqual([]);
  });
});

describe('answers', () => {
  it('are kept as versions that nobody can change, and the audit vouches for each without their words', async () => {
    const room = await declared();
    await assess(room, { ...breached, conclusion: 'not_yet' });
    await assess(room);
    const versions = await room.incidents.breach.versions(1);
    expect(versions.map(({ version, answers }) => [version, answers.conclusion])).toEqual([
      [2, 'breach'],
      [1, 'not_yet'],
    ]);
    const { rows } = await store.pool.query('select answers, sha256 from breach_answers order by version desc');
    const rowsOfAudit = (await audited()).filter(({ action }) => action === 'incident.breach.assess');
    expect(createHash('sha256').update(rows[0].answers).digest('hex')).toBe(rows[0].sha256);
    expect(rowsOfAudit[0]?.after).toMatchObject({ version: 2, conclusion: 'breach', sha256: rows[0].sha256 });
    expect(JSON.stringify(rowsOfAudit)).not.toContain('Jane');
    await expect(store.pool.query(`update breach_answers set answers = '{}'`)).rejects.toThrow('refused');
    await expect(store.pool.query('delete from breach_answers')).rejects.toThrow('refused');
    expect(said(room).join()).not.toContain('Jane');
  });

  it('of somebody who has not seen the newest are refused', async () => {
    const room = await declared();
    await assess(room);
    await expect(room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers: low })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await room.incidents.breach.versions(1)).toHaveLength(1);
  });

  it('plan the notices, say what changed, and another conclusion takes them away', async () => {
    const room = await declared();
    await assess(room, { ...breached, individuals: 40, states: { CA: 40 } });
    expect(await notices(room)).toEqual(['individuals 2027-01-22', 'hhs 2027-03-01']);
    await assess(room);
    expect(await notices(room)).toEqual(['hhs 2027-01-22', 'individuals 2027-01-22', 'media 2027-01-22']);
    const changed = said(room).at(-1)!;
    expect(changed).toContain('Notice to HHS 2027-03-01 → 2027-01-22');
    expect(changed).toContain('Notice to the media is new');
    await assess(room, low);
    expect(await notices(room)).toEqual([]);
    expect(said(room).at(-1)).toContain('Breach → Low probability of compromise');
    expect(await pass(room, 200 * day)).toEqual([]);
    const { events } = await room.incidents.show(1);
    expect(events.filter(({ kind }) => kind === 'breach')).toHaveLength(4);
  });

  it('every message says that it is no legal advice', async () => {
    const room = await declared();
    await pass(room, 30_000);
    await assess(room);
    await pass(room, 60 * day);
    await room.incidents.breach.recordSent(asker, { id: 1, kind: 'hhs', on: '2027-01-20', confirmation: 'C-1' });
    await room.queue.finish();
    const all = [...said(room), ...said(room, '#alerts')];
    expect(all.length).toBeGreaterThan(6);
    expect(all.filter((post) => !post.includes('Not legal advice'))).toEqual([]);
  });

  it('discovery moves to the past alone, with a reason, and the deadlines with it', async () => {
    const room = await declared();
    const at = new Date('2026-11-20T09:00:00Z');
    await expect(assess(room, breached, { at, reason: ' ' })).rejects.toMatchObject({ code: 'invalid' });
    const later = new Date('2026-11-24T09:00:00Z');
    await expect(assess(room, breached, { at: later, reason: 'mistyped' })).rejects.toMatchObject({ code: 'invalid' });
    expect(await room.incidents.breach.versions(1)).toEqual([]);
    await assess(room, breached, { at, reason: 'The log was there on Friday' });
    expect(await notices(room)).toContain('individuals 2027-01-19');
    const row = (await audited()).find(({ action }) => action === 'incident.breach.discovered');
    expect(row).toMatchObject({ reason: 'The log was there on Friday' });
    // A mistake is mended up to the first moment.
    await assess(room, breached, { at: new Date('2026-11-22T09:00:00Z'), reason: 'It was Sunday' });
    expect(await notices(room)).toContain('individuals 2027-01-21');
  });

  it('the day of discovery is that of the team', async () => {
    const team = { zone: 'America/New_York', holidays: [] };
    const room = await declared({}, { ports: { team } });
    await assess(room, breached, { at: new Date('2026-11-21T04:30:00Z'), reason: 'a mail came in' });
    expect(await notices(room)).toContain('individuals 2027-01-19');
  });
});

describe('reminders', () => {
  it('of the assessment: a day ahead, when it is due, then daily, until it is concluded', async () => {
    const room = await declared();
    await pass(room, 30_000);
    expect(await pass(room, 47 * hour)).toEqual([]);
    expect(await pass(room, hour)).toEqual([expect.stringContaining('the breach assessment is due')]);
    expect(await pass(room, 24 * hour)).toEqual([expect.stringContaining('the breach assessment was due')]);
    await assess(room, { ...breached, conclusion: 'not_yet' });
    expect(await pass(room, 24 * hour)).toEqual([expect.stringContaining('OVERDUE')]);
    await assess(room, low);
    expect(await pass(room, 3 * day)).toEqual([]);
  });

  it('of a notice: 30, 14, 7, 3 and 1 days ahead, on the day, then daily; neither a pause nor the end silences them', async () => {
    const room = await declared();
    await assess(room, { ...breached, weAre: 'business_associate' });
    await room.incidents.pause(asker, { id: 1, until: undefined });
    await room.incidents.resolve(asker, { id: 1, words: 'fixed' });
    await room.queue.finish();
    const all: string[] = [];
    for (let days = 0; days < 63; days += 1) all.push(...(await pass(room, day)));
    expect(all.map((head) => /due in \d+ days?|due today|OVERDUE by \d+ days?/.exec(head)?.[0])).toEqual([
      ...['due in 30 days', 'due in 14 days', 'due in 7 days', 'due in 3 days', 'due in 1 day', 'due today'],
      ...['OVERDUE by 1 day', 'OVERDUE by 2 days', 'OVERDUE by 3 days'],
    ]);
    expect(all[0]).toContain('2027-01-22 <@U0CARLA001>');
    // A week after the end its channel would have been archived.
    expect(homeOf(room.workspace)?.is_archived).toBe(false);
    await room.incidents.reopen(asker, { id: 1, words: '' });
    expect(await pass(room, day)).toHaveLength(1);
    await room.incidents.resolve(asker, { id: 1, words: '' });
    await room.incidents.breach.recordSent(asker, {
      id: 1,
      kind: 'covered_entity',
      on: '2027-01-25',
      confirmation: '',
    });
    await pass(room, 8 * day);
    expect(homeOf(room.workspace)?.is_archived).toBe(true);
  });

  it('several that were missed while nobody ran are one, marked as late', async () => {
    const room = await declared();
    await assess(room, { ...breached, weAre: 'business_associate' });
    // From 30 days ahead to 4: it should have reminded at 30, 14 and 7.
    const [head, ...more] = await pass(room, 56 * day);
    expect(more).toEqual([]);
    expect(head).toContain('due in 4 days');
    const post = said(room).at(-1)!;
    expect(post).toContain('Late: planned for');
    expect(post).toContain('2 more were missed');
    expect(await pass(room, day)).toEqual([expect.stringContaining('due in 3 days')]);
  });

  it('come elsewhere, without details, once its channel is archived', async () => {
    const room = await declared();
    await assess(room, { ...breached, weAre: 'business_associate' });
    homeOf(room.workspace)!.is_archived = true;
    await pass(room, 30 * day);
    const elsewhere = said(room, '#alerts').at(-1);
    expect(elsewhere).toContain('INC-1: its breach assessment needs a look');
    expect(elsewhere).not.toContain('covered entity');
  });

  it('whose answer got lost are one message', async () => {
    const room = await declared();
    await assess(room);
    const before = heads(room).length;
    room.workspace.fault('chat.postMessage', { kind: 'drop-response' }, 1);
    await room.pass(30 * day);
    await room.queue.finish();
    expect(heads(room).length - before).toBe(3);
  });
});

describe('a notice that was sent', () => {
  it('is recorded with day, confirmation and by whom; nothing reminds of it any more', async () => {
    const room = await declared();
    await assess(room);
    room.clock.move(10 * day);
    await expect(
      room.incidents.breach.recordSent(asker, { id: 1, kind: 'individuals', on: '2026-12-04', confirmation: '' }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await room.incidents.breach.recordSent(
      { ...asker, by: ben },
      {
        ...{ id: 1, kind: 'individuals', on: '2026-12-01', confirmation: 'CONF-123' },
      },
    );
    await room.queue.finish();
    expect(said(room).at(-1)).toContain('confirmation CONF-123');
    // With the individuals from 500 on.
    expect(said(room).at(-1)).toContain('Notice to HHS 2027-01-22 → 2026-12-01');
    expect(await notices(room)).toContain('individuals 2027-01-22 sent 2026-12-01');
    expect((await audited())[0]).toMatchObject({
      ...{ action: 'incident.breach.sent', actor: ben.id },
      after: { kind: 'individuals', on: '2026-12-01', confirmation: 'CONF-123', dueOn: '2027-01-22' },
    });
    const later = await pass(room, 90 * day);
    expect(later.filter((head) => head.includes('to the individuals'))).toEqual([]);
  });

  it('is corrected by a second record; both are kept', async () => {
    const room = await declared();
    await assess(room);
    room.clock.move(10 * day);
    for (const on of ['2026-12-02', '2026-12-01'])
      await room.incidents.breach.recordSent(asker, { id: 1, kind: 'media', on, confirmation: on });
    expect(await notices(room)).toContain('media 2027-01-22 sent 2026-12-01');
    expect((await audited())[0]?.after).toMatchObject({ corrects: '2026-12-02' });
    expect((await store.pool.query('select 1 from breach_sent')).rows).toHaveLength(2);
  });

  it('that is not planned is refused', async () => {
    const room = await declared();
    const sent = { id: 1, kind: 'media', on: '2026-11-23', confirmation: '' } as const;
    await expect(room.incidents.breach.recordSent(asker, sent)).rejects.toMatchObject({ code: 'invalid' });
  });
});
