import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { verb } from '../../../src/audit/verb.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { openStore } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { startPostgres } from '../../support/postgres.ts';

const asker = { actor: 'slack:UANNA', request: 'ABC123' };
const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
const entry = { action: 'check.mute', target: 'check/api' };

test('a database that breaks off in the middle: it may be done or not, and the words say so', async () => {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const databaseUrl = await server.createDatabase();
  const store = await openStore({ databaseUrl, dataDir: '/nowhere', log: memoryLog() });
  onTestFinished(() => store.close());
  const broken = verb({ store, clock }, asker, async (tx) => {
    await sql`select 1`.execute(tx);
    await server.kill();
    return { result: undefined, audit: [entry] };
  });
  await expect(broken).rejects.toMatchObject({
    name: 'OpsError',
    code: 'unavailable',
    message: 'My database does not answer: maybe this was done, maybe not',
  });
  await server.restart();
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from audit_entry`.execute(store.db());
  expect(rows).toEqual([{ n: 0 }]);
});

test('what a verb refuses stays as it is', async () => {
  const refusal = new OpsError('conflict', 'somebody was first');
  const transaction = () => Promise.reject(refusal);
  await expect(verb({ store: { transaction }, clock }, asker, async () => ({ result: 1, audit: [] }))).rejects.toBe(
    refusal,
  );
});
