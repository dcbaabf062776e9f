import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../../src/jobs/model.ts';
import { openJobs } from '../../../src/jobs/open.ts';
import { createSchedules } from '../../../src/jobs/schedules.ts';
import { createTimers } from '../../../src/jobs/timers.ts';
import { testClock } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const page = defineJob({
  name: 'incidents.page',
  schema: z.object({ incident: z.number() }),
  lane: 'messages',
  retry: { limit: 3, firstMs: 1_000, maxMs: 60_000 },
});

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('with the queue (%s)', (_, open) => {
  async function setUp() {
    const store = await open();
    const clock = testClock();
    const log = memoryLog();
    const jobs = await openJobs({ store, clock, log });
    onTestFinished(() => jobs.stop(0));
    const ran: number[] = [];
    jobs.handle(page, async ({ incident }) => {
      ran.push(incident);
    });
    return { store, clock, log, jobs, ran };
  }

  test('deadlines are carried out once, moved and set again for the same time too; what fits no more holds up none', async () => {
    const { store, clock, log, jobs, ran } = await setUp();
    const timers = createTimers({ store, jobs, kinds: [page], clock, log });
    const dueAt = new Date(clock.now().getTime() + 60_000);
    const set = (key: string, incident: number) =>
      store.transaction((tx) => timers.set(tx, { key, dueAt, kind: page, data: { incident } }));
    await set('a', 1);
    await set('broken', 2);
    await set('b', 3);
    await store.pool.query(`update business_timer set data = '{"incident": "two"}' where key = 'broken'`);
    clock.move(60_000);
    expect(await timers.tick()).toBe(2);
    await set('a', 4);
    expect(await timers.tick()).toBe(1);
    await jobs.start();
    await vi.waitFor(() => expect(ran.toSorted()).toEqual([1, 3, 4]), { timeout: 15_000 });
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { timer: 'broken' } }]);
  });

  test('the slots of two replicas are carried out once', async () => {
    const { store, clock, log, jobs, ran } = await setUp();
    const replica = () =>
      createSchedules({
        store,
        clock,
        log,
        schedules: [
          {
            name: 'sweep',
            when: { everyMs: 60_000 },
            missed: 'skip',
            enqueue: (tx, slot, key) => jobs.enqueue(tx, page, { incident: slot.getUTCMinutes() }, { key }),
          },
        ],
      });
    const replicas = [replica(), replica()];
    for (const schedules of replicas) await schedules.tick();
    for (let passed = 0; passed < 4; passed += 1) {
      clock.move(60_000);
      await Promise.all(replicas.map((schedules) => schedules.tick()));
    }
    // One that found the other at work looks again.
    await eventually(async () => {
      await Promise.all(replicas.map((schedules) => schedules.tick()));
      const { rows } = await store.pool.query('select last_slot from schedule_state');
      expect(rows).toEqual([{ last_slot: new Date('2026-11-23T09:04:00Z') }]);
    });
    await jobs.start();
    await vi.waitFor(() => expect(ran.toSorted()).toEqual([1, 2, 3, 4]), { timeout: 15_000 });
  });
});
