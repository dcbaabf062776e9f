import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import type { Schedule } from '../../../src/jobs/timing.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { Store, Tx } from '../../../src/store/store.ts';
import { testClock } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const minute = 60_000;
const hour = 60 * minute;
/** No unique key: a slot that is enqueued twice is seen. */
const table =
  'create table slot_under_test (id serial, name text, slot timestamptz, key text, previous timestamptz, pid integer)';

type Given = Partial<Schedule> & { name: string };

/** Schedules whose slots become rows. */
function scheduleOf({ name, ...over }: Given): Schedule {
  return {
    name,
    when: { cron: '0 * * * *', zone: 'Europe/Berlin' },
    missed: 'latest',
    enqueue: (tx, slot, key, previous) =>
      sql`insert into slot_under_test (name, slot, key, previous)
        values (${name}, ${slot}, ${key}, ${previous ?? null})`.execute(tx),
    ...over,
  };
}

function replicaOn(store: Store, clock: { now(): Date }, given: Given[]) {
  const log = memoryLog();
  return { log, schedules: createSchedules({ store, clock, log, schedules: given.map(scheduleOf) }) };
}

interface Row {
  name: string;
  slot: Date;
  key: string;
  previous: Date | null;
}
async function rows(store: Store): Promise<Row[]> {
  return (await store.pool.query<Row>('select name, slot, key, previous from slot_under_test order by id')).rows;
}
const times = async (store: Store) =>
  (await rows(store)).map(({ name, slot }) => `${name} ${slot.toISOString().slice(11, 16)}`);

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('schedules (%s)', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
    await store.pool.query(table);
  });
  beforeEach(async () => {
    await store.pool.query('truncate slot_under_test, schedule_state');
  });

  const setUp = (given: Given[], clock = testClock('2026-11-23T08:30:00Z')) => ({
    clock,
    ...replicaOn(store, clock, given),
  });

  test('each slot is enqueued once, under its key, with the one before', async () => {
    const { schedules, clock } = setUp([{ name: 'report' }]);
    await schedules.tick();
    clock.move(30 * minute - 1);
    await schedules.tick();
    expect(await rows(store)).toEqual([]);
    clock.move(1);
    await schedules.tick();
    await schedules.tick();
    clock.move(hour);
    await schedules.tick();
    const nine = new Date('2026-11-23T09:00:00Z');
    const ten = new Date('2026-11-23T10:00:00Z');
    expect(await rows(store)).toEqual([
      { name: 'report', slot: nine, key: 'report:2026-11-23T09:00:00.000Z', previous: null },
      { name: 'report', slot: ten, key: 'report:2026-11-23T10:00:00.000Z', previous: nine },
    ]);
  });

  test('two replicas at once: one job a slot', async () => {
    const given = Array.from({ length: 30 }, (_, n) => ({ name: `s${n}`, when: { everyMs: 20_000 } }));
    const one = setUp(given);
    const two = setUp(given, one.clock);
    const both = () => Promise.all([one.schedules.tick(), two.schedules.tick()]);
    await one.schedules.tick();
    await two.schedules.tick();
    for (let look = 0; look < 9; look += 1) {
      one.clock.move(7_000);
      await both();
    }
    await eventually(async () => {
      await both();
      expect(await rows(store)).toHaveLength(90);
    });
    expect(new Set((await rows(store)).map(({ key }) => key)).size).toBe(90);
  });

  test('after a downtime the latest missed slot runs, or none; then it goes on', async () => {
    const given: Given[] = [{ name: 'latest' }, { name: 'skip', missed: 'skip' }];
    const before = setUp(given);
    await before.schedules.tick();
    before.clock.move(30 * minute);
    await before.schedules.tick();
    before.clock.move(5 * hour - 1);
    const after = setUp(given, before.clock);
    await after.schedules.tick();
    before.clock.move(1);
    await after.schedules.tick();
    expect(await times(store)).toEqual(['latest 09:00', 'skip 09:00', 'latest 13:00', 'latest 14:00', 'skip 14:00']);
  });

  test('a restart between two slots runs nothing twice; a new schedule and a changed one have missed nothing', async () => {
    const before = setUp([{ name: 'kept' }, { name: 'changed' }]);
    await before.schedules.tick();
    before.clock.move(30 * minute);
    await before.schedules.tick();
    before.clock.move(10 * minute);
    const changed = { name: 'changed', when: { cron: '5 * * * *', zone: 'Europe/Berlin' } };
    const after = setUp([{ name: 'kept' }, changed, { name: 'new' }], before.clock);
    await after.schedules.tick();
    expect(await times(store)).toEqual(['kept 09:00', 'changed 09:00']);
    before.clock.move(50 * minute);
    await after.schedules.tick();
    before.clock.move(5 * minute);
    await after.schedules.tick();
    expect((await times(store)).slice(2)).toEqual(['kept 10:00', 'new 10:00', 'changed 10:05']);
  });

  test('a replica that starts takes no slot from one that runs', async () => {
    const given: Given[] = [{ name: 'skip', missed: 'skip' }];
    const running = setUp(given);
    await running.schedules.tick();
    running.clock.move(30 * minute);
    await setUp(given, running.clock).schedules.tick();
    expect(await times(store)).toEqual([]);
    await running.schedules.tick();
    expect(await times(store)).toEqual(['skip 09:00']);
  });

  test('a clock that goes 10 minutes ahead and back runs no slot twice, and goes on', async () => {
    const { schedules, clock } = setUp([{ name: 'm', when: { everyMs: minute } }]);
    await schedules.tick();
    clock.move(minute);
    await schedules.tick();
    clock.move(10 * minute);
    await schedules.tick();
    expect(await times(store)).toEqual(['m 08:31', 'm 08:41']);
    clock.move(-10 * minute);
    for (let passed = 0; passed < 12; passed += 1) {
      await schedules.tick();
      clock.move(minute);
    }
    expect(await times(store)).toEqual(['m 08:31', 'm 08:41', 'm 08:42']);
  });

  test('a clock that goes 10 minutes back and ahead runs no slot twice', async () => {
    const { schedules, clock } = setUp([{ name: 'm', when: { everyMs: minute } }]);
    await schedules.tick();
    clock.move(minute);
    await schedules.tick();
    clock.move(-10 * minute);
    await schedules.tick();
    clock.move(5 * minute);
    await schedules.tick();
    clock.move(5 * minute);
    await schedules.tick();
    clock.move(minute);
    await schedules.tick();
    expect(await times(store)).toEqual(['m 08:31', 'm 08:32']);
  });

  test('a clock that was days ahead stalls nothing once it is back, before and after a restart', async () => {
    const given = [{ name: 'h' }];
    const first = setUp(given);
    await first.schedules.tick();
    first.clock.move(72 * hour);
    await first.schedules.tick();
    first.clock.move(-72 * hour);
    await first.schedules.tick();
    first.clock.move(30 * minute);
    await first.schedules.tick();
    const found = (await rows(store)).map(({ key }) => key);
    expect(found).toEqual(['h:2026-11-26T08:00:00.000Z', 'h:2026-11-23T09:00:00.000Z:1']);
    first.clock.move(72 * hour);
    await first.schedules.tick();
    first.clock.move(-72 * hour + minute);
    const second = setUp(given, first.clock);
    await second.schedules.tick();
    first.clock.move(hour);
    await second.schedules.tick();
    expect((await rows(store)).map(({ key }) => key).slice(3)).toEqual(['h:2026-11-23T10:00:00.000Z:2']);
  });

  test('one that can’t be enqueued holds back no other and is tried again; nothing of it stays', async () => {
    let broken = true;
    const failing = async (tx: Tx, slot: Date, key: string) => {
      await sql`insert into slot_under_test (name, slot, key) values ('failing', ${slot}, ${key})`.execute(tx);
      if (broken) throw new OpsError('unavailable', 'not now');
    };
    const { schedules, clock, log } = setUp([{ name: 'a' }, { name: 'failing', enqueue: failing }, { name: 'z' }]);
    await schedules.tick();
    clock.move(30 * minute);
    await schedules.tick();
    await schedules.tick();
    expect(await times(store)).toEqual(['a 09:00', 'z 09:00']);
    broken = false;
    await vi.waitFor(
      async () => {
        await schedules.tick();
        expect(await times(store)).toEqual(['a 09:00', 'z 09:00', 'failing 09:00']);
      },
      { timeout: 10_000 },
    );
    expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'error a slot could not be enqueued',
      'info a schedule works again',
    ]);
  });

  test('list says when each ran last and comes next', async () => {
    const { schedules, clock } = setUp([{ name: 'a' }, { name: 'b', when: { cron: '30 2 * * *', zone: 'UTC' } }]);
    await schedules.tick();
    clock.move(30 * minute);
    await schedules.tick();
    expect(await schedules.list()).toEqual([
      { name: 'a', last: new Date('2026-11-23T09:00:00Z'), next: new Date('2026-11-23T10:00:00Z') },
      { name: 'b', last: undefined, next: new Date('2026-11-24T02:30:00Z') },
    ]);
  });

  test('a row that was removed is made again', async () => {
    const { schedules, clock } = setUp([{ name: 'a' }]);
    await schedules.tick();
    await store.pool.query('truncate schedule_state');
    clock.move(30 * minute);
    await eventually(async () => {
      await schedules.tick();
      expect(await times(store)).toEqual(['a 09:00']);
    });
  });

  test('what makes no sense is refused at once', () => {
    expect(() => setUp([{ name: 'a', when: { cron: '0 0 1 * 1#5', zone: 'UTC' } }])).toThrow('never comes');
    expect(() => setUp([{ name: 'a' }, { name: 'a' }])).toThrow('two schedules are named a');
  });

  test('started, it catches up, then runs each slot by itself, never early, and ends', async () => {
    const early: Date[] = [];
    const everySecond = scheduleOf({ name: 's', when: { everyMs: 1_000 } });
    const { schedules } = replicaOn(store, systemClock, [
      { name: 'down' },
      {
        ...everySecond,
        enqueue: (tx, slot, key, previous) => {
          if (systemClock.now() < slot) early.push(slot);
          return everySecond.enqueue(tx, slot, key, previous);
        },
      },
    ]);
    await store.pool.query(`insert into schedule_state (name, definition, last_slot, since)
      values ('down', '0 * * * * Europe/Berlin', '2026-01-01', '2026-01-01')`);
    onTestFinished(() => schedules.stop());
    await schedules.start();
    expect((await rows(store)).map(({ name }) => name)).toEqual(['down']);
    const seconds = async () =>
      (await rows(store)).filter(({ name }) => name === 's').map(({ slot }) => slot.getTime());
    await vi.waitFor(async () => expect((await seconds()).length).toBeGreaterThan(2), { timeout: 10_000 });
    await schedules.stop();
    expect(early).toEqual([]);
    const ran = await seconds();
    expect(ran).toEqual(ran.map((__, index) => ran[0]! + index * 1_000));
  });
});
