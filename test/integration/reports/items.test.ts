import { describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import type { ProblemEvent } from '../../../src/health/events.ts';
import type { ReportPort } from '../../../src/reports/ports.ts';
import { service } from '../../support/health.ts';
import { type ReportRoom, reportRoom } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const day = 24 * 60 * minute;
const asker = { actor: 'slack:U0ANNA0001', request: 'ABC123' };
const anna = '<@U0ANNA0001>';

const event = (kind: ProblemEvent['event'], checkId: string) => ({ checkId, event: kind }) as ProblemEvent;

/** `tell`: a check answers otherwise, and a regular run tells of it. */
function withEvents(room: ReportRoom) {
  return {
    ...room,
    async tell(kind: ProblemEvent['event'], { check, state }: ReturnType<typeof service>, status: number) {
      state.status = status;
      for await (const _ of room.ports.health.measure({
        scope: { kind: 'all' },
        signal: new AbortController().signal,
      }));
      await store.transaction((tx) => room.reports.take(tx, [event(kind, check.id)]));
    },
  };
}

async function redDay(options: Parameters<typeof reportRoom>[1] = {}) {
  const api = service('api');
  api.state.status = 500;
  const room = withEvents(await reportRoom(store, { checks: [api.check, service('db').check], ...options }));
  await room.pass(minute);
  return { room, api };
}

describe('what a report names', () => {
  it('shows who has it, in the post that is there', async () => {
    const { room } = await redDay();
    expect(await room.reports.acknowledge(asker, ['check/api'], anna)).toEqual(['check/api']);
    await room.queue.finish();
    expect(room.said()).toEqual([expect.stringContaining(`✋ ${anna} has it`)]);
    // Somebody has it: that is not changed by the next.
    expect(await room.reports.acknowledge({ ...asker, request: 'ABC124' }, ['check/api'], '<@U0BEN00001>')).toEqual([]);
  });

  it('is left out while it is snoozed, and counted', async () => {
    const { room } = await redDay();
    const until = new Date(room.clock.now().getTime() + 2 * day);
    await room.reports.snooze(asker, ['check/api'], { by: anna, until });
    await room.pass(day);
    const next = room.said().at(-1) ?? '';
    expect(next).toContain('💤 1 snoozed');
    expect(next).not.toContain('api:');
    await room.pass(day);
    await room.pass(day);
    expect(room.said().at(-1)).toContain('api:');
  });

  it('is struck out in the post once it is well, and new when it comes again', async () => {
    const { room, api } = await redDay();
    await room.reports.acknowledge(asker, ['check/api'], anna);
    api.state.status = 200;
    await store.transaction((tx) => room.reports.take(tx, [{ checkId: 'api', event: 'closed' } as never]));
    for await (const _ of room.ports.health.measure({ scope: { kind: 'all' }, signal: new AbortController().signal }));
    await room.queue.finish();
    expect(room.said()[0]).toMatch(/✅ ~api: .*~ ok since/);
    expect((await room.reports.items()).has('check/api')).toBe(false);
  });

  it('is struck out no more once it fails again, and can be taken on again', async () => {
    const { room, api } = await redDay();
    await room.tell('closed', api, 200);
    await room.queue.finish();
    expect(room.said()[0]).toContain('✅ ~api:');
    room.clock.move(minute);
    await room.tell('opened', api, 500);
    await room.queue.finish();
    expect(room.said()[0]).not.toContain('✅ ~api:');
    expect(room.said()[0]).toContain('🔴 api:');
    expect(await room.reports.acknowledge(asker, ['check/api'], anna)).toEqual(['check/api']);
  });

  it('shows two changes of the same millisecond, the second while the first is being shown', async () => {
    const { room, api } = await redDay();
    await room.tell('closed', api, 200);
    await room.queue.finish();
    await room.tell('opened', api, 500);
    // Its message was edited at this very moment: a second later Slack is asked again.
    expect(await room.queue.run()).toEqual([expect.objectContaining({ reason: 'edited_just_now' })]);
    room.clock.move(5_000);
    await room.queue.finish();
    expect(room.said()[0]).toContain('🔴 api:');
  });

  it('is read again when it becomes worse, whoever snoozed it', async () => {
    const { room, api } = await redDay();
    await room.reports.snooze(asker, ['check/api'], {
      by: anna,
      until: new Date(room.clock.now().getTime() + 7 * day),
    });
    await room.queue.finish();
    expect(room.said()[0]).toContain('💤 1 snoozed');
    room.clock.move(minute);
    await room.tell('worsened', api, 500);
    await room.queue.finish();
    expect(room.said()[0]).toContain('api:');
  });

  it('is edited only where it is named, and at most every five seconds however much comes and goes', async () => {
    let edits = 0;
    const port = (plain: ReportPort): ReportPort => ({
      ...plain,
      update: async (message) => {
        edits += 1;
        return plain.update(message);
      },
    });
    const { room, api } = await redDay({ port });
    for (let at = 0; at < 20; at += 1) await store.transaction((tx) => room.reports.take(tx, [event('closed', 'db')]));
    await room.queue.finish();
    expect(edits).toBe(0);
    for (let at = 0; at < 20; at += 1)
      await room.tell(at % 2 === 0 ? 'closed' : 'opened', api, at % 2 === 0 ? 200 : 500);
    await room.queue.finish();
    expect(edits).toBe(1);
    await room.tell('closed', api, 200);
    await room.queue.run();
    expect(edits).toBe(1);
    room.clock.move(5_000);
    await room.queue.finish();
    expect(edits).toBe(2);
  });

  it('is struck out, too, when it is well while its report is being posted', async () => {
    const api = service('api');
    api.state.status = 500;
    let closing: (() => Promise<void>) | undefined;
    const port = (plain: ReportPort): ReportPort => ({
      ...plain,
      post: async (message) => {
        const at = await plain.post(message);
        await closing?.();
        closing = undefined;
        return at;
      },
    });
    const room = withEvents(await reportRoom(store, { checks: [api.check], port }));
    closing = () => room.tell('closed', api, 200);
    await room.pass(minute);
    expect(room.said()[0]).toContain('✅ ~api:');
  });

  it('is in the audit', async () => {
    const { room } = await redDay();
    await room.reports.acknowledge(asker, ['check/api'], anna);
    const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 1 });
    expect(rows[0]?.recorded).toMatchObject({ actor: asker.actor, action: 'report.acknowledge', target: 'check/api' });
  });
});
