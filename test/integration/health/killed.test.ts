import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { sharedPostgres } from '../../support/store.ts';

const program = join(import.meta.dirname, '../../support/sweep-forever.ts');

test('kill -9 during a sweep leaves each sweep saved whole or not at all', async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const store = await openStore({ databaseUrl, dataDir: '/', log: memoryLog() });
  for (let kill = 1; kill <= 5; kill += 1) {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let sweeps = 0;
    for await (const _ of createInterface({ input: child.stdout })) {
      sweeps += 1;
      // Somewhere in the next sweep, at another point each time.
      if (sweeps === 3) setTimeout(() => child.kill('SIGKILL'), kill * 3);
    }
    await exited;
    expect(sweeps).toBeGreaterThanOrEqual(3);
    // The server may still be finishing the killed process's last transaction.
    await expect
      .poll(
        async () =>
          (
            await store.pool.query(`select count(*) as n from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`)
          ).rows[0].n,
      )
      .toBe(0);
    const { rows } = await store.pool.query(`
      select count(distinct n) as lengths, count(*) as checks, bool_and(newest) as newest from (
        select r.check_id, count(*) as n, max(r.at) = max(s.at) as newest
        from check_result r join check_state s using (check_id) group by r.check_id) per_check`);
    expect(rows[0]).toEqual({ lengths: 1, checks: 50, newest: true });
  }
  await store.close();
});
