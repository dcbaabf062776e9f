import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { sharedPostgres } from '../../support/store.ts';

const program = join(import.meta.dirname, '../../support/sweep-forever.ts');
const muting = join(import.meta.dirname, '../../support/mute-forever.ts');

/** Until the server has finished the last transaction of a killed process. */
async function alone(store: Store): Promise<void> {
  const others = `select count(*) as n from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  await expect.poll(async () => (await store.pool.query(others)).rows[0].n).toBe(0);
}

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
    await alone(store);
    const { rows } = await store.pool.query(`
      select count(distinct n) as lengths, count(*) as checks, bool_and(newest) as newest from (
        select r.check_id, count(*) as n, max(r.at) = max(s.at) as newest
        from check_result r join check_state s using (check_id) group by r.check_id) per_check`);
    expect(rows[0]).toEqual({ lengths: 1, checks: 50, newest: true });
  }
  await store.close();
});

test('kill -9 during a mute or its end: all of it is there, with its audit, or nothing is', async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const store = await openStore({ databaseUrl, dataDir: '/', log: memoryLog() });
  for (let kill = 1; kill <= 5; kill += 1) {
    const child = spawn(process.execPath, [muting], {
      env: { ...process.env, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let done = 0;
    for await (const _ of createInterface({ input: child.stdout })) {
      done += 1;
      // Somewhere in the next verb, at another point each time.
      if (done === 4 + kill) setTimeout(() => child.kill('SIGKILL'), kill);
    }
    await exited;
    await alone(store);
    const { rows } = await store.pool.query(`
      select (select count(*) from silence) as begun, (
               select count(*) from silence s where ended_at is not null
                 and not exists (select 1 from silence longer where longer.from_at = s.ended_at)) as ended,
             count(*) filter (where action = 'check.mute') as begun_audited,
             count(*) filter (where action = 'silence.end') as ended_audited from audit_detail`);
    expect(rows[0].begun_audited).toBe(rows[0].begun);
    expect(rows[0].ended_audited).toBe(rows[0].ended);
    expect(Number(rows[0].begun)).toBeGreaterThan(kill);
  }
  await store.close();
});
