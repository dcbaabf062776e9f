import { expect, it } from 'vitest';
import { acknowledged, type Replicas } from './balancer-replicas.ts';
import { eventually } from './eventually.ts';
import { askHealth, shownText } from './slack-bot.ts';

interface Slots {
  jobs: number;
  slots: number;
  done: number;
  span: number;
}

/** The regular sweeps so far: jobs, different slots, finished ones, and how many slots lie between the first and the last. */
export async function sweeps(replicas: Replicas): Promise<Slots> {
  const [row] = await replicas.query<Slots>(`
    select count(*)::int as jobs, count(distinct slot)::int as slots,
      (count(*) filter (where state = 'completed'))::int as done,
      coalesce(extract(epoch from max(slot) - min(slot)) / 5 + 1, 0)::int as span
    from (select state, (data -> 'data' ->> 'slot')::timestamptz as slot
      from pgboss.job where group_id = 'health.sweep' and data -> 'data' -> 'checks' @> '["api"]') sweep`);
  return row!;
}

/** What must hold in both modes, with two replicas running and all well. `twice` makes the next delivery reach both. */
export function sharedTests(replicas: () => Replicas, twice: (deliver: () => Promise<unknown>) => Promise<void>): void {
  it('a delivery that reaches both has one effect', async () => {
    const { workspace, query, bots } = replicas();
    const before = await Promise.all(bots().map(acknowledged));
    await twice(() => workspace.user('anna').command('#ops', '/ops maintenance slow 10m patches'));
    await eventually(async () => {
      const now = await Promise.all(bots().map(acknowledged));
      expect(now.map((count, at) => count - before[at]!)).toEqual([1, 1]);
    });
    await eventually(() => expect(workspace.messages('#ops')).toHaveLength(1));
    // One more through each: what was delivered before is decided then.
    await askHealth(workspace, '/ops health api');
    await askHealth(workspace, '/ops health api');
    expect(workspace.messages('#ops').filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(3);
    expect(await query('select target, reason from silence')).toEqual([{ target: 'slow', reason: 'patches' }]);
    expect(await query(`select action from audit_detail where target like '%slow'`)).toHaveLength(1);
  });

  it('a check that goes down is measured once per slot and told once', async () => {
    const { workspace, targets, alerts } = replicas();
    const [before, askedBefore] = [await sweeps(replicas()), targets.api.asked];
    targets.api.status = 503;
    await workspace.waitFor(() => alerts()[0]?.text.includes('🔴 FAIL api'), { timeoutMs: 25_000, what: 'the alert' });
    await eventually(async () => expect((await sweeps(replicas())).done).toBeGreaterThan(before.done + 2));
    await eventually(async () => {
      const now = await sweeps(replicas());
      expect([now.slots, now.span]).toEqual([now.jobs, now.jobs]);
      expect(targets.api.asked - askedBefore).toBeLessThanOrEqual(now.done - before.done);
    });
    expect(alerts()).toHaveLength(1);
  }, 90_000);

  it('a mute made through one holds on both', async () => {
    const { workspace, targets, bots, alerts } = replicas();
    await workspace.user('anna').click(alerts()[0]!, 'health.mute1h');
    await workspace.waitFor(() => alerts()[0]?.text.includes('🔕 MUTED api until'), {
      timeoutMs: 25_000,
      what: 'MUTED',
    });
    const before = await Promise.all(bots().map(acknowledged));
    for (const _ of bots()) {
      const { message } = await askHealth(workspace, '/ops health api');
      expect(shownText(message)).toMatch(/muted until/i);
    }
    const after = await Promise.all(bots().map(acknowledged));
    expect(after.map((count, at) => count - before[at]!)).toEqual([1, 1]);
    const { done } = await sweeps(replicas());
    targets.api.status = 500;
    await eventually(async () => expect((await sweeps(replicas())).done).toBeGreaterThan(done + 1));
    expect(alerts()).toHaveLength(1);
  }, 90_000);
}
