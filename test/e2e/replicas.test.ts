import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replicas, startReplicas } from '../support/balancer-replicas.ts';
import { sharedTests, sweeps } from '../support/balancer-shared.ts';
import { eventually } from '../support/eventually.ts';
import { askHealth } from '../support/slack-bot.ts';

let replicas: Replicas;

beforeAll(async () => {
  replicas = await startReplicas('http');
  await Promise.all([replicas.start(), replicas.start()]);
}, 120_000);
afterAll(() => replicas.close());

describe('two replicas behind a balancer', () => {
  sharedTests(
    () => replicas,
    async (deliver) => {
      await deliver();
      expect(await replicas.workspace.deliverAgain()).toMatchObject({ outcome: 'acked' });
    },
  );

  it('one is replaced while people ask and a sweep runs: nothing is lost', async () => {
    const { workspace, targets, bots } = replicas;
    const [old] = bots();
    targets.api.hang = true;
    const { asked } = targets.api;
    await eventually(() => expect(targets.api.asked).toBeGreaterThan(asked));
    await replicas.start();
    const stopped = replicas.stop(old!);
    targets.api.hang = false;
    let answers = 0;
    for (let stopping = true; stopping; answers += 1) {
      const { outcome } = await askHealth(workspace, '/ops health api');
      expect(outcome).toMatchObject({ ok: true });
      stopping = bots().includes(old!);
    }
    expect(await stopped).toBe(0);
    expect(answers).toBeGreaterThan(0);
    await eventually(async () => {
      const { jobs, slots, span, done } = await sweeps(replicas);
      expect([slots, span, done]).toEqual([jobs, jobs, jobs]);
    });
  }, 90_000);

  it('one that is frozen in a sweep is not waited for, and doubles nothing when it wakes', async () => {
    const { workspace, targets, bots, alerts, query } = replicas;
    await replicas.stop(bots()[0]!);
    const [frozen] = bots();
    await query('delete from silence');
    targets.api.status = 200;
    await workspace.waitFor(() => alerts()[0]?.text.includes('✅ OK api'), { timeoutMs: 25_000, what: 'recovery' });
    targets.api.hang = true;
    const { asked } = targets.api;
    await eventually(() => expect(targets.api.asked).toBeGreaterThan(asked));
    await replicas.freeze(frozen!);
    targets.api.hang = false;
    targets.api.status = 503;
    const other = await replicas.start();
    await other.logged(({ msg }) => msg === 'a job lost its process: somebody else goes on');
    await workspace.waitFor(() => alerts()[1]?.text.includes('🔴 FAIL api'), { timeoutMs: 25_000, what: 'the alert' });

    frozen!.child.kill('SIGCONT');
    const noticed = ['this process was too slow: the job went to another', 'the job failed, it is tried again'];
    await frozen!.logged(({ msg, kind }) => kind === 'health.sweep' && noticed.includes(msg));
    const { done } = await sweeps(replicas);
    await eventually(async () => expect((await sweeps(replicas)).done).toBeGreaterThan(done + 1));
    const { jobs, slots } = await sweeps(replicas);
    expect(slots).toBe(jobs);
    expect(alerts()).toHaveLength(2);
    expect(alerts()[1]?.text).toContain('🔴 FAIL api');
    const rows = await query(`select check_id, at from check_result group by 1, 2 having count(*) > 1`);
    expect(rows).toEqual([]);
  }, 90_000);
});
