import { describe, expect, it } from 'vitest';
import { service } from '../../support/health.ts';
import { reportRoom } from '../../support/report-room.ts';
import { embeddedStore } from '../../support/store.ts';

const store = await embeddedStore();
const minute = 60_000;
const day = 24 * 60 * minute;
const asked = (by: string) => ({ by, signal: AbortSignal.timeout(30_000) });

const count = async (table: string) => (await store.pool.query(`select 1 from ${table}`)).rows.length;

describe('a report that is asked for', () => {
  it('is made once for all who ask at the same time, and anew for who asks later', async () => {
    const api = service('api');
    const room = await reportRoom(store, { checks: [api.check] });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => room.reports.ask('Morning', asked(`slack:U${at}`))),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect([api.state.runs, await count('report')]).toEqual([1, 1]);
    const later = await room.reports.ask('morning', asked('slack:U1'));
    expect([later.id === all[0]?.id, api.state.runs]).toEqual([false, 2]);
  });

  it('is made though whoever asked first has left', async () => {
    const room = await reportRoom(store, { checks: [service('api').check] });
    const first = new AbortController();
    const left = room.reports.ask('morning', { by: 'slack:U1', signal: first.signal });
    const stays = room.reports.ask('morning', asked('slack:U2'));
    first.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect((await stays).askedBy).toBe('slack:U2');
  });

  it('is kept for 90 days; a planned one for good, with what it names', async () => {
    const [api, web] = [service('api'), service('web')];
    api.state.status = 500;
    const room = await reportRoom(store, { checks: [api.check, web.check] });
    await room.pass(minute);
    await room.reports.ask('morning', asked('slack:U1'));
    expect(await count('report')).toBe(2);
    await room.pass(89 * day);
    expect(await count('report')).toBe(3);
    await store.pool.query(`insert into report_item (key, first_at) values ('followup/1', '2026-11-23')`);
    expect((await room.reports.items()).has('followup/1')).toBe(true);
    await room.pass(2 * day);
    await room.queue.finish();
    expect(await count('report where slot is null')).toBe(0);
    expect(await count('report where slot is not null')).toBeGreaterThan(2);
    expect([...(await room.reports.items()).keys()]).toEqual(['check/api']);
  });
});
