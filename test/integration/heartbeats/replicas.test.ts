import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { heartbeatLines } from '../../../src/heartbeat-hook.ts';
import { createHeartbeats, type Heartbeats } from '../../../src/heartbeats/heartbeats.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { awaiting, reportsTo, token } from '../../support/heartbeats.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { sharedPostgres } from '../../support/store.ts';
import { wireProxy } from '../../support/wire-proxy.ts';

const open = async (databaseUrl: string): Promise<Store> => {
  const store = await openStore({ databaseUrl, dataDir: tmpdir(), log: memoryLog() });
  onTestFinished(() => store.close());
  return store;
};
const checks = [awaiting('backup')];
const botOn = async (store: Store) => reportsTo(store, { clock: store.time, checks });
const runsIn = async (store: Store) =>
  (await store.pool.query(`select run, outcome, started_at is not null as dated from heartbeat_run order by id`)).rows;

it('two replicas record one run, whichever is told what, and agree on it', async () => {
  const url = await (await sharedPostgres()).createDatabase();
  const one = await botOn(await open(url));
  const two = await botOn(await open(url));
  const [first, second] = await Promise.all([one.read('backup'), two.read('backup')]);
  expect(first).toEqual(second);
  expect(await one.beat('backup/start')).toEqual([200, 'recorded: start']);
  expect(await two.beat('backup')).toEqual([200, 'recorded: ok']);
  const [seen, same] = await Promise.all([one.read('backup'), two.read('backup')]);
  expect(seen).toEqual(same);
  expect(seen.runs).toMatchObject([{ outcome: 'ok', startedAt: expect.any(Date), endedAt: expect.any(Date) }]);
});

it('the same report at both at once, many times, is one run', async () => {
  const url = await (await sharedPostgres()).createDatabase();
  const store = await open(url);
  const bots = [await botOn(store), await botOn(await open(url))];
  const all = (path: string) => Promise.all(Array.from({ length: 8 }, (_, n) => bots[n % 2]!.beat(path)));
  for (const path of ['backup/start?run=a', 'backup?run=a', 'backup/start', 'backup']) {
    const answers = await all(path);
    expect(answers.filter(([, words]) => words.startsWith('recorded'))).toHaveLength(1);
  }
  expect(await runsIn(store)).toEqual([
    { run: 'a', outcome: 'ok', dated: true },
    { run: '', outcome: 'ok', dated: true },
  ]);
});

it.each(['before', 'after'] as const)(
  'cut off %s its commit, a report is all there or not at all; sent again it is once there',
  async (moment) => {
    const direct = await (await sharedPostgres()).createDatabase();
    const store = await open(direct);
    let armed = false;
    const proxy = await wireProxy(direct, ({ text, transaction }, now) => {
      const commits = /^commit/i.test(text) && transaction.some((each) => each.includes('heartbeat_run'));
      if (!armed || !commits || now !== moment) return undefined;
      armed = false;
      return 'hold';
    });
    onTestFinished(() => proxy.close());
    const { beat, read } = await botOn(await open(proxy.url));
    armed = true;
    expect(await beat('backup')).toEqual([503, 'not recorded: the database is away; send it again']);
    expect(armed).toBe(false);
    const again = await beat('backup');
    expect(again).toEqual([200, moment === 'before' ? 'recorded: ok' : 'known already: ok']);
    expect(await runsIn(store)).toEqual([{ run: '', outcome: 'ok', dated: false }]);
    expect((await read('backup')).okAt).toEqual(
      (await createHeartbeats({ store, clock: store.time }).read('backup')).okAt,
    );
  },
);

// It waits as long as `Retry-After` says.
it.runIf(existsSync('/usr/bin/curl'))(
  'the line of check-config reports, and tries again',
  { timeout: 60_000 },
  async () => {
    const store = await open(await (await sharedPostgres()).createDatabase());
    const real = createHeartbeats({ store, clock: store.time });
    let asked = 0;
    const heartbeats: Heartbeats = {
      read: real.read,
      record: async (...report) => {
        asked += 1;
        if (asked === 1) throw new Error('Connection terminated');
        return real.record(...report);
      },
    };
    const { url } = await reportsTo(store, { clock: store.time, checks }, heartbeats);
    const [line = ''] = heartbeatLines(checks);
    const command = line.replace(/^.*?: its job reports with: /, '').replace('https://YOUR-HOST/hooks/heartbeat/', url);
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { env: { TOKEN: token } });
    expect([asked, stdout]).toEqual([2, 'recorded: ok\n']);
  },
);
