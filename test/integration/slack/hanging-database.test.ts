import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/slack/database.ts';
import type { SlackTables } from '../../../src/slack/tables.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { serverStore, sharedPostgres } from '../../support/store.ts';
import { botOf, closeLater, posted, reply, workspaceOf } from './setup.ts';

it('a database that hangs adds less than a second to an answer, and nothing is left when it comes back', async () => {
  const postgres = await sharedPostgres();
  const store = await serverStore();
  const workspace = await workspaceOf();
  const { script, log, stop } = await botOf(workspace, 'socket', { store });
  const anna = workspace.user('anna');
  await anna.command('ops', '/ops echo warm');
  await posted(workspace, 'ops', 'echo warm');
  await anna.command('ops', '/ops slow before');
  script.push(reply('checking before'));
  await posted(workspace, 'ops', 'checking before');
  await postgres.pause();
  closeLater(async () => postgres.resume());
  script.push(reply('all good before'), 'end');
  const startedMs = performance.now();
  await anna.command('ops', '/ops echo while');
  await posted(workspace, 'ops', 'echo while');
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  await posted(workspace, 'ops', 'all good before');
  await anna.command('ops', '/ops slow during');
  script.push(reply('checking during'));
  await posted(workspace, 'ops', 'checking during');
  const finalAtMs = performance.now();
  script.push(reply('all good during'), 'end');
  await posted(workspace, 'ops', 'all good during');
  expect(performance.now() - finalAtMs).toBeLessThan(1_000);
  expect(log.lines.filter(({ message }) => message?.startsWith('the database is down'))).toHaveLength(1);
  postgres.resume();
  // What hung has been answered now.
  await eventually(() => expect(log.lines.map(({ message }) => message)).toContain('the database answers again'));
  const rows = () => store.db<SlackTables>().selectFrom('slack_answer').selectAll().execute();
  const stoppedAtMs = performance.now();
  await stop();
  expect(performance.now() - stoppedAtMs).toBeLessThan(2_000);
  expect(await rows()).toEqual([]);
  expect(workspace.messages('ops').map(({ text }) => text)).toEqual([
    'echo warm',
    'all good before',
    'echo while',
    'all good during',
  ]);
});

it('the state of the database is shared: one question waits, the others go on without it, a late answer ends that', async () => {
  const postgres = await sharedPostgres();
  const store = await serverStore();
  const log = memoryLog();
  const database = openDatabase({ store, log, timeoutMs: 200 });
  const ask = () => database.ask((db) => db.selectFrom('slack_answer').selectAll().execute());
  await ask();
  await postgres.pause();
  closeLater(async () => postgres.resume());
  await expect(ask()).rejects.toThrow('no answer within 200 ms');
  const startedMs = performance.now();
  for (let n = 0; n < 50; n += 1) await expect(ask()).rejects.toThrow('known to be down');
  expect(performance.now() - startedMs).toBeLessThan(150);
  postgres.resume();
  await eventually(async () => expect(await ask()).toEqual([]));
  expect(log.lines.map(({ message }) => message)).toEqual([
    'the database is down: answers do without it',
    'the database answers again',
  ]);
  await database.settled();
  expect(database.pending).toBe(0);
});

it('a query that the database refuses says nothing about the next one', async () => {
  const log = memoryLog();
  const database = openDatabase({ store: await serverStore(), log });
  const row = { key: 'k\0', channel: 'C1', command: 'x', words: '' };
  await expect(database.ask((db) => db.insertInto('slack_answer').values(row).execute())).rejects.toThrow(
    'invalid byte',
  );
  expect(await database.ask((db) => db.selectFrom('slack_answer').selectAll().execute())).toEqual([]);
  expect(log.lines).toEqual([]);
});
