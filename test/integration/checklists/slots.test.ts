import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { schedulePrefix, schedulesOf } from '../../../src/checklists/begin.ts';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import type { Store } from '../../../src/store/store.ts';
import { asker, type ChecklistRoom, checklistRoom, morning } from '../../support/checklists.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const daily = (more = '') => `${morning}schedule: "10:00"\n${more}`;

/** The bot's schedules over this room, as they run. */
async function planned(room: ChecklistRoom) {
  await store.pool.query('truncate schedule_state');
  const schedules = createSchedules({ ...room, schedules: room.checklists.schedules() });
  await schedules.tick();
  const tick = async (ms: number) => {
    room.clock.move(ms);
    await schedules.tick();
    await room.queue.finish();
  };
  return {
    schedules,
    tick,
    slots: async () =>
      (await room.checklists.history('morning', 20)).map(({ slot }) => slot?.toISOString()).toReversed(),
  };
}

describe('a slot', () => {
  it('begins a run, once, by Rounds', async () => {
    const room = await checklistRoom(store, { files: { morning: daily() } });
    const { tick, slots } = await planned(room);
    await tick(hour / 2);
    expect(await slots()).toEqual([]);
    await tick(hour / 2);
    await tick(60_000);
    expect(await slots()).toEqual(['2026-11-23T10:00:00.000Z']);
    expect(await room.run()).toMatchObject({ begunBy: { id: 'rounds' }, dueAt: new Date('2026-11-23T11:00:00Z') });
    expect(room.said()).toHaveLength(1);
  });

  it.each([
    ['latest', ['2026-11-26T10:00:00.000Z']],
    ['skip', []],
  ])('that passed while Rounds was away, with missed: %s', async (missed, expected) => {
    const room = await checklistRoom(store, { files: { morning: daily(`missed: ${missed}\n`) } });
    await planned(room);
    room.clock.move(3 * 24 * hour + 5 * hour);
    const again = createSchedules({ ...room, schedules: room.checklists.schedules() });
    await again.tick();
    await room.queue.finish();
    expect((await room.checklists.history('morning', 20)).map(({ slot }) => slot?.toISOString())).toEqual(expected);
  });

  it('on a holiday begins nothing where the file leaves it out', async () => {
    const over = { team: { zone: 'UTC', holidays: ['2026-11-23'] } };
    const files = { morning: `${morning}schedule: { at: "10:00", holidays: skip }\n` };
    const room = await checklistRoom(store, { files, over });
    const { tick, slots } = await planned(room);
    await tick(hour);
    expect(await slots()).toEqual([]);
    await tick(24 * hour);
    expect(await slots()).toEqual(['2026-11-24T10:00:00.000Z']);
  });

  it('is on the day that it is in its own zone', async () => {
    const over = { team: { zone: 'UTC', holidays: ['2026-11-24'] } };
    const zones = '[{ at: "10:00", zone: UTC, holidays: skip }, { at: "09:00", zone: Asia/Tokyo, holidays: skip }]';
    const files = { morning: `${morning}schedule: ${zones}\n` };
    // 09:00 in Tokyo on the 24th is the 24th there at midnight UTC; 10:00 UTC on the 23rd is no holiday.
    const room = await checklistRoom(store, { files, over, at: '2026-11-23T12:00:00Z' });
    const { tick, slots } = await planned(room);
    await tick(13 * hour);
    expect(await slots()).toEqual([]);
    const east = await checklistRoom(store, {
      files: { morning: files.morning.replace('09:00', '06:00') },
      over,
      at: '2026-11-23T12:00:00Z',
    });
    const inTokyo = await planned(east);
    // 06:00 of the 24th there is still the 23rd in UTC.
    await inTokyo.tick(10 * hour);
    expect(await inTokyo.slots()).toEqual([]);
  });

  it('of a checklist that comes with Rounds begins nothing unless ops.yml names it', async () => {
    const room = await checklistRoom(store, { files: { morning: daily() } });
    const shipped = { all: () => new Map([['morning', { ...room.checklists.files().get('morning')!, own: false }]]) };
    const files = { ...room.ports.files, ...shipped };
    const names = async (scheduled: string[]) =>
      schedulesOf({ ...room.ports, files, scheduled }).map(({ name }) => name);
    expect(await names([])).toEqual([]);
    expect(await names(['morning'])).toEqual([`${schedulePrefix}morning.1`]);
  });

  it('while Slack is down is not lost: the run begins, and its message comes when Slack is back', async () => {
    const room = await checklistRoom(store, { files: { morning: daily() } });
    const { schedules } = await planned(room);
    room.workspace.fault('chat.postMessage', { kind: 'http', status: 503 }, 1_000);
    room.workspace.fault('conversations.list', { kind: 'http', status: 503 }, 1_000);
    room.clock.move(hour);
    await schedules.tick();
    for (let at = 0; at < 3; at += 1) await room.queue.run();
    expect(await room.run()).toMatchObject({ state: 'open', message: undefined, items: [{ state: 'done' }, {}, {}] });
    expect(room.said()).toEqual([]);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.said()).toHaveLength(1);
    expect(room.said()[0]).toContain('*1/3*');
  });
});

describe('a channel', () => {
  it('that is not there: it stands in the one of alerts, which says what is wrong', async () => {
    const room = await checklistRoom(store, { over: { channel: '#gone' } });
    await room.begin();
    expect(room.said('#alerts')).toHaveLength(1);
    expect(room.said('#alerts')[0]).toContain('Meant for #gone');
    expect(await room.run()).toMatchObject({ channelProblem: 'channel_not_found' });
    await room.checklists.change(asker, { id: 1, changes: [{ n: 3, to: 'done' }] });
    await room.queue.finish();
    expect(room.said('#alerts')).toHaveLength(1);
  });

  it('that is archived, likewise', async () => {
    const room = await checklistRoom(store);
    const channel = [...room.workspace.state.channels.values()].find(({ name }) => name === 'ops')!;
    channel.is_archived = true;
    await room.begin();
    expect(room.said('#alerts')[0]).toContain('Meant for #ops, which is archived');
  });
});

describe('a channel that is archived while a run stands in it', () => {
  const archived = async (room: ChecklistRoom) => {
    await room.begin();
    [...room.workspace.state.channels.values()].find(({ name }) => name === 'ops')!.is_archived = true;
  };

  it('at the next change the run stands in the one of alerts', async () => {
    const room = await checklistRoom(store);
    await archived(room);
    await room.checklists.change(asker, { id: 1, changes: [{ n: 3, to: 'done' }] });
    await room.queue.finish();
    expect(room.said('#alerts')).toEqual([expect.stringContaining('*2/3*')]);
    expect(room.said('#alerts')[0]).toContain('Meant for #ops, which is archived');
  });

  it('so it does before its reminder, which comes there', async () => {
    const room = await checklistRoom(store);
    await archived(room);
    await room.pass(hour);
    const said = room.said('#alerts');
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('*1/3*');
    expect(said[1]).toContain('close 1 REASON');
  });
});

describe('a file', () => {
  it('that is changed while a run is open: the run keeps its version, the next one has the new', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await room.write('morning', morning.replace('Morning round', 'New round').replace(/ {2}- { id: today.*\n/, ''));
    expect(await room.checklists.look()).toBe('changed');
    await room.checklists.change(asker, { id: 1, changes: [{ n: 3, to: 'done' }] });
    await room.queue.finish();
    expect(await room.run()).toMatchObject({ plan: { title: 'Morning round' }, items: [{}, {}, { state: 'done' }] });
    await room.checklists.close(asker, { id: 1, reason: 'the next one' });
    expect(await room.begin()).toMatchObject({ plan: { title: 'New round' }, items: [{}, {}] });
  });

  it('with a mistake is named with its line, once; the checklist of before goes on', async () => {
    const room = await checklistRoom(store);
    await room.write('morning', 'title: Morning\nitems:\n  - { id: a, title: A }\n  - { id: a, titel: B }\n');
    expect(await room.checklists.look()).toBe('broken');
    expect(await room.checklists.look()).toBe('same');
    const file = join(room.folder, 'morning.yml');
    expect(room.checklists.problem()).toContain(`${file}:4`);
    expect(room.checklists.problem()).toContain('titel');
    expect(room.announced).toHaveLength(1);
    expect(room.announced[0]?.lines.join('\n')).toContain('morning.yml:4');
    expect(await room.begin()).toMatchObject({ plan: { title: 'Morning round' } });
    await room.write('morning', morning.replace('Morning round', 'Mended'));
    expect(await room.checklists.look()).toBe('changed');
    expect(room.checklists.problem()).toBeUndefined();
  });

  it('that is not YAML is named, too', async () => {
    const room = await checklistRoom(store);
    await room.write('evening', 'title: "Evening\nitems: [');
    expect(await room.checklists.look()).toBe('broken');
    expect(room.checklists.problem()).toMatch(/evening\.yml:\d/);
    expect([...room.checklists.files().keys()]).toEqual(['morning']);
  });

  it('that is gone when its slot comes begins nothing', async () => {
    const room = await checklistRoom(store, { files: { morning: daily() } });
    const { schedules, slots } = await planned(room);
    await rm(join(room.folder, 'morning.yml'));
    await room.checklists.look();
    room.clock.move(hour);
    await schedules.tick();
    await room.queue.finish();
    expect(await slots()).toEqual([]);
  });

  it('that gets other times while the bot runs begins by those', async () => {
    const room = await checklistRoom(store);
    const { schedules, tick, slots } = await planned(room);
    await room.write('morning', daily());
    await room.checklists.look();
    schedules.replace(schedulePrefix, room.checklists.schedules());
    await tick(hour);
    expect(await slots()).toEqual([]);
    await tick(24 * hour);
    expect(await slots()).toEqual(['2026-11-24T10:00:00.000Z']);
  });
});

describe('what is overdue', () => {
  const due = (more = '') => ({ morning: `${morning}${more}` });
  const reminders = (room: ChecklistRoom) => room.said().slice(1);

  it('is said in its thread, with a mention of the owner, when it is due, then with longer and longer pauses', async () => {
    const room = await checklistRoom(store, { files: due(), at: '2026-11-23T09:00:00Z' });
    await room.begin();
    await room.pass(59 * 60_000);
    expect(reminders(room)).toEqual([]);
    await room.pass(60_000);
    expect(reminders(room)).toEqual([expect.stringContaining('due now')]);
    expect(reminders(room)[0]).toContain('<!subteam^S0ONCALL01>');
    expect(reminders(room)[0]).toContain('2 open');
    for (const [minutes, said] of [
      [15, 2],
      [29, 2],
      [1, 3],
      [60, 4],
      [119, 4],
      [1, 5],
    ] as const) {
      await room.pass(minutes * 60_000);
      expect(reminders(room)).toHaveLength(said);
    }
    expect(reminders(room)[4]).toContain('overdue by 3 h 45 min');
  });

  it('is not said once it is done and attested, or closed', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await room.pass(hour);
    await room.checklists.close(asker, { id: 1, reason: 'in the incident' });
    await room.queue.finish();
    await room.pass(24 * hour);
    expect(reminders(room)).toHaveLength(1);
    const { rows } = await store.pool.query('select key from business_timer');
    expect(rows).toEqual([]);
  });

  it('waits off hours for the next morning, and those missed are one', async () => {
    const room = await checklistRoom(store, { at: '2026-11-23T17:30:00Z' });
    await room.begin();
    await room.pass(hour);
    await room.pass(13 * hour);
    expect(reminders(room)).toEqual([]);
    await room.pass(hour / 2);
    expect(reminders(room)).toEqual([expect.stringContaining('overdue by 13 h 30 min')]);
  });

  it('is said at any hour where the file wants that', async () => {
    const room = await checklistRoom(store, { files: due('chase: { hours: always }\n'), at: '2026-11-23T22:00:00Z' });
    await room.begin();
    await room.pass(hour);
    expect(reminders(room)).toHaveLength(1);
  });

  it('that all is done and nobody has attested it, too', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await room.checklists.change(asker, {
      id: 1,
      changes: [
        { n: 2, to: 'done', note: 'none' },
        { n: 3, to: 'done' },
      ],
    });
    await room.queue.finish();
    await room.pass(hour);
    expect(reminders(room)[0]).toContain('nobody has attested it');
  });

  it('is told to reports, and what was done', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    const before = room.clock.now();
    expect(await room.checklists.open()).toMatchObject([
      {
        name: 'morning',
        run: 1,
        done: 1,
        total: 3,
        automatic: 1,
        open: ['Nobody reports a problem', "Today's changes are known"],
      },
    ]);
    room.clock.move(1_000);
    await room.checklists.close(asker, { id: 1, reason: 'in the incident' });
    room.clock.move(1_000);
    expect(await room.checklists.open()).toEqual([]);
    expect(await room.checklists.doneBetween(before, room.clock.now())).toMatchObject([
      { run: 1, state: 'closed', reason: 'in the incident' },
    ]);
    expect(await room.checklists.doneBetween(room.clock.now(), new Date(room.clock.now().getTime() + 1))).toEqual([]);
  });
});
