import { describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import { service } from '../../support/health.ts';
import { reportRoom } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const day = 24 * 60 * minute;
const asker = { actor: 'slack:U0ANNA0001', request: 'ABC123' };
const anna = '<@U0ANNA0001>';

async function redDay() {
  const api = service('api');
  api.state.status = 500;
  const room = await reportRoom(store, { checks: [api.check, service('db').check] });
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
    for await (const _ of room.ports.health.measure({ scope: { kind: 'all' }, signal: AbortSignal.timeout(5_000) }));
    await room.queue.finish();
    expect(room.said()[0]).toMatch(/✅ ~api: .*~ ok since/);
    expect((await room.reports.items()).has('check/api')).toBe(false);
  });

  it('is in the audit', async () => {
    const { room } = await redDay();
    await room.reports.acknowledge(asker, ['check/api'], anna);
    const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 1 });
    expect(rows[0]?.recorded).toMatchObject({ actor: asker.actor, action: 'report.acknowledge', target: 'check/api' });
  });
});
