import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createEvents } from '../../../src/paging/events.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { anna, asker, auditedIncidents, ben, type Room, type RoomOptions, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sharedPostgres } from '../../support/store.ts';
import { wireProxy } from '../../support/wire-proxy.ts';

const down = { key: 'view:V1', severity: 'P0', title: 'API is down', systems: 'API' };
let url: string;
let folder: string;
beforeEach(async () => {
  const postgres = await sharedPostgres();
  await postgres.restart();
  url = await postgres.createDatabase();
  folder = scratchFolder();
});

async function storeAt(databaseUrl: string): Promise<Store> {
  const store = await openStore({ databaseUrl, dataDir: folder, log: memoryLog() });
  onTestFinished(async () => {
    (await sharedPostgres()).resume();
    await store.close();
  });
  return store;
}

async function roomAt(databaseUrl = url, options: Partial<RoomOptions> = {}): Promise<Room> {
  return roomOf(await storeAt(databaseUrl), { journalFolder: join(folder, 'journal'), ...options });
}

/** A room over a new process's eyes: the same database, folder and workspace. What it declares is not thrown away. */
async function restarted({ workspace }: Room, options: Partial<RoomOptions> = {}): Promise<Room> {
  const store = await storeAt(url);
  const pool = { ...store.pool, query: async () => ({ rows: [] }) };
  const unemptied = { ...store, pool } as unknown as Store;
  const room = await roomOf(unemptied, { workspace, journalFolder: join(folder, 'journal'), ...options });
  return room;
}

const kill = async () => (await sharedPostgres()).kill();
const restart = async () => (await sharedPostgres()).restart();
const files = async (name = 'journal') =>
  (await readdir(join(folder, name)).catch(() => [])).filter((file) => file.endsWith('.json'));
const rows = async ({ store }: Room) =>
  (await store.db<{ incident: { id: string; key: string } }>().selectFrom('incident').select(['id', 'key']).execute())
    .length;

describe('a declaration while the database is away', () => {
  it('pages at once, is said in Slack, and is a normal incident once it is back', async () => {
    const room = await roomAt();
    await kill();
    const at = room.clock.now();
    const done = await room.incidents.journal.declare(asker, down);
    expect(done).toMatchObject({ kind: 'journaled', entry: { page: { state: 'accepted', attempts: 1 } } });
    expect(room.pages()).toMatchObject([
      {
        dedupKey: expect.stringMatching(/^rounds:journal:[0-9a-f]{32}$/),
        summary: 'P0 Critical: API is down',
        count: 1,
      },
    ]);
    await eventually(() => expect(room.said()).toHaveLength(1));
    expect(room.said()[0]).toMatch(/P0 Critical: API is down.*Paged.*database is away.*in PagerDuty/);
    const [file] = await files();
    expect((await stat(join(folder, 'journal', file!))).mode & 0o777).toBe(0o600);
    expect(await room.incidents.journal.tick()).toBe(0);
    expect(await files()).toHaveLength(1);
    await restart();
    room.clock.move(120_000);
    expect(await room.incidents.journal.tick()).toBe(1);
    expect(await files()).toEqual([]);
    const incident = await room.incident(1);
    expect(incident).toMatchObject({ title: 'API is down', declaredAt: at, declaredBy: anna, systems: 'API' });
    expect(incident.pages).toMatchObject([{ n: 1, dedupKey: room.pages()[0]!.dedupKey, state: 'accepted' }]);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ count: 1 }]);
    expect(room.said()[0]).toContain('it has its own message now');
    expect(room.said()[1]).toContain('INC-1 P0 Critical: API is down');
    expect(await auditedIncidents(room.store)).toEqual([`${anna.id} incident.declare incident/1`]);
    await room.incidents.acknowledge({ ...asker, by: ben }, 1);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'acknowledged' }]);
    await room.incidents.resolve(asker, { id: 1, words: 'restarted' });
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'resolved' }]);
  });

  it('that hangs: pages within seconds, and is one incident with one open page when it answers', async () => {
    const room = await roomAt();
    await (await sharedPostgres()).pause();
    const startedMs = performance.now();
    const done = await room.incidents.journal.declare(asker, down);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(done.kind).toBe('journaled');
    expect(room.pages()).toMatchObject([{ count: 1 }]);
    (await sharedPostgres()).resume();
    await eventually(async () => expect(await room.incidents.journal.tick()).toBe(1));
    await room.queue.finish();
    expect(await rows(room)).toBe(1);
    expect(room.pages().filter(({ status }) => status !== 'resolved')).toHaveLength(1);
    expect(await files()).toEqual([]);
  });

  it('that committed without saying so, and whose page PagerDuty did not take: the page that rings stays', async () => {
    const held = { on: false };
    const proxy = await wireProxy(url, ({ text }, moment) =>
      held.on && moment === 'after' && /^commit/i.test(text) ? 'hold' : undefined,
    );
    onTestFinished(() => proxy.close());
    const room = await roomAt(proxy.url);
    held.on = true;
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    expect(await room.incidents.journal.declare(asker, down)).toMatchObject({ entry: { page: { state: 'sending' } } });
    held.on = false;
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ dedupKey: 'rounds:1:1', status: 'triggered' }]);
    expect(await room.incidents.journal.tick()).toBe(1);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ dedupKey: 'rounds:1:1', status: 'triggered', count: 1 }]);
    const incident = await room.incident(1);
    expect(incident.pages).toMatchObject([{ state: 'accepted' }, { dedupKey: expect.stringContaining('journal') }]);
    expect(incident.notPaged).toBeUndefined();
    await room.incidents.acknowledge(asker, 1);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'acknowledged' }]);
  });

  it('that committed without saying so: is one incident, and one of two pages stays', async () => {
    const held = { on: false };
    const proxy = await wireProxy(url, ({ text }, moment) =>
      held.on && moment === 'after' && /^commit/i.test(text) ? 'hold' : undefined,
    );
    onTestFinished(() => proxy.close());
    const room = await roomAt(proxy.url);
    held.on = true;
    const done = await room.incidents.journal.declare(asker, down);
    expect(done.kind).toBe('journaled');
    held.on = false;
    expect(await rows(room)).toBe(1);
    await room.queue.run();
    expect(await room.incidents.journal.tick()).toBe(1);
    await room.queue.finish();
    expect(await rows(room)).toBe(1);
    expect(room.pages()).toMatchObject([
      { dedupKey: expect.stringContaining('journal'), status: 'triggered' },
      { dedupKey: 'rounds:1:1', status: 'resolved' },
    ]);
    await room.incidents.acknowledge(asker, 1);
    await room.queue.finish();
    expect(room.pages()[0]).toMatchObject({ status: 'acknowledged' });
    expect(await auditedIncidents(room.store)).toEqual(
      [`${anna.id} incident.acknowledge incident/1`, `${anna.id} incident.declare incident/1`].reverse(),
    );
  });

  it('sent twice, and taken by two replicas, rings once and is one incident', async () => {
    const room = await roomAt();
    const other = await restarted(room, { journalFolder: join(folder, 'other') });
    await kill();
    const journals = [room.incidents.journal, room.incidents.journal, other.incidents.journal];
    const done = await Promise.all(journals.map((journal) => journal.declare(asker, down)));
    expect(done.map(({ kind }) => kind)).toEqual(['journaled', 'journaled', 'journaled']);
    expect(new Set(room.pages().map(({ dedupKey }) => dedupKey)).size).toBe(1);
    await restart();
    await Promise.all(
      [room, other].map(async ({ incidents }) => {
        await eventually(async () => {
          await incidents.journal.tick();
          expect([await files(), await files('other')]).toEqual([[], []]);
        });
      }),
    );
    await room.queue.finish();
    await other.queue.finish();
    expect(await rows(room)).toBe(1);
    expect((await room.incident(1)).pages).toHaveLength(1);
    expect(room.pages()).toMatchObject([{ status: 'triggered' }]);
  });

  it('ended between the disk and the page: the next process sends it, before it has a database', async () => {
    const room = await roomAt();
    await kill();
    room.fault('pagerduty.enqueue', { kind: 'drop-request' });
    const done = await room.incidents.journal.declare(asker, down);
    expect(done).toMatchObject({ entry: { page: { state: 'sending', reason: expect.any(String) } } });
    await eventually(() => expect(room.said()[0]).toMatch(/NOT PAGED.*Call who is on call/));
    expect(room.said()[0]).toContain('<!here>');
    await room.incidents.journal.stop();
    room.workspace.clearFaults();
    const { pager } = await nextPager(room);
    pager.start();
    await eventually(() => expect(room.pages()).toMatchObject([{ count: 1 }]));
    await pager.stop();
    await room.incidents.journal.tick();
    await eventually(() => expect(room.said()[0]).toContain('Paged'));
    expect(room.said()).toHaveLength(1);
    await restart();
    expect(await room.incidents.journal.tick()).toBe(1);
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'accepted' }]);
  });

  it('ended after the page, and between the commit and the file: nothing is doubled', async () => {
    const room = await roomAt();
    await kill();
    await room.incidents.journal.declare(asker, down);
    await room.incidents.journal.stop();
    const [file] = await files();
    const path = join(folder, 'journal', file!);
    const written = await readFile(path);
    await restart();
    const next = await restarted(room);
    expect(await next.incidents.journal.tick()).toBe(1);
    await writeFile(path, written);
    expect(await next.incidents.journal.tick()).toBe(1);
    await next.queue.finish();
    expect(await rows(next)).toBe(1);
    expect((await next.incident(1)).pages).toHaveLength(1);
    expect(room.pages()).toMatchObject([{ count: 1, status: 'triggered' }]);
    expect(await files()).toEqual([]);
  });

  it('never accepted by PagerDuty goes on in the queue, under the same key', async () => {
    const room = await roomAt();
    await kill();
    room.fault('pagerduty.enqueue', { kind: 'http', status: 503 });
    await room.incidents.journal.declare(asker, down);
    await restart();
    expect(await room.incidents.journal.tick()).toBe(1);
    await room.queue.run();
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'sending' }]);
    room.workspace.clearFaults();
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ dedupKey: expect.stringContaining('journal'), count: 1 }]);
    expect((await room.incident(1)).pages).toMatchObject([{ state: 'accepted' }]);
  });

  it('that the disk does not take either says so, pages, and is an incident when the database is back', async () => {
    await writeFile(join(folder, 'file'), '');
    const room = await roomAt(url, { journalFolder: join(folder, 'file', 'journal') });
    await kill();
    const done = await room.incidents.journal.declare(asker, down);
    expect(done).toMatchObject({ kind: 'journaled', lost: 'ENOTDIR' });
    expect(room.pages()).toHaveLength(1);
    await eventually(() => expect(room.said()[0]).toMatch(/NOT RECORDED.*ENOTDIR.*write it down/));
    await restart();
    expect(await room.incidents.journal.tick()).toBe(1);
    expect(await room.incidents.journal.tick()).toBe(0);
    expect((await room.incident(1)).title).toBe('API is down');
  });

  it.each([
    ['PHI', { phi: true }],
    ['a private incident', { private: true }],
  ])('says nothing of %s in the page', async (_, over) => {
    const room = await roomAt();
    await kill();
    await room.incidents.journal.declare(asker, { ...down, title: 'Records of Jane Roe', systems: 'Jane', ...over });
    expect(room.pages()[0]!.summary).toBe('P0 Critical: see Slack');
    const sent = room.workspace.traffic.filter(({ method }) => method.startsWith('pager'));
    expect(JSON.stringify([room.pages(), sent])).not.toContain('Jane');
    await eventually(() => expect(room.said()).toHaveLength(1));
    if ('private' in over) expect(room.said()[0]).not.toContain('Jane');
  });

  it.each([
    ['a drill', { drill: true }, 'A drill: nobody is paged'],
    ['P3', { severity: 'P3' }, 'Nobody is paged for this severity'],
  ])('of %s pages nobody', async (_, over, words) => {
    const room = await roomAt();
    await kill();
    await room.incidents.journal.declare(asker, { ...down, ...over });
    await eventually(() => expect(room.said()[0]).toContain(words));
    await restart();
    expect(await room.incidents.journal.tick()).toBe(1);
    await room.queue.finish();
    expect(room.pages()).toEqual([]);
  });

  it('declared from a proposal is declared from it once it is back', async () => {
    const room = await roomAt();
    const signal = { source: 'alertmanager', key: 'k', what: 'firing', name: 'HighErrorRate', systems: 'api' } as const;
    const more = { details: '', severity: '', alerts: 1, since: room.clock.now() };
    await room.incidents.proposals.heard({ ...signal, ...more });
    await kill();
    await room.incidents.journal.declare(asker, { ...down, proposal: 1 });
    // Somebody else was first, elsewhere: what is in the journal is an incident all the same.
    await restart();
    await room.incidents.journal.declare(asker, { ...down, key: 'view:V2', proposal: 1 });
    await eventually(async () => expect(await files()).toHaveLength(1));
    expect(await room.incidents.journal.tick()).toBe(1);
    expect(await rows(room)).toBe(2);
    expect(await room.incidents.proposals.show(1)).toMatchObject({ state: 'declared', incident: { id: 1 } });
    expect((await room.incident(2)).origin).toMatchObject({ kind: 'alert', name: 'HighErrorRate' });
  });

  it('holds no secret on the disk; a file that is broken holds up no other', async () => {
    const room = await roomAt();
    await kill();
    const secret = 'xoxb-1234567890-abcdefghijklmnop';
    await room.incidents.journal.declare(asker, { ...down, known: `token ${secret}` });
    const [file] = await files();
    expect(await readFile(join(folder, 'journal', file!), 'utf8')).not.toContain(secret);
    await mkdir(join(folder, 'journal'), { recursive: true });
    await writeFile(join(folder, 'journal', `${'0'.repeat(32)}.json`), '{"version": 1');
    await restart();
    expect(await room.incidents.journal.tick()).toBe(1);
    expect(await files()).toEqual([`${'0'.repeat(32)}.json`]);
  });

  it('that a person has to correct is not journaled, and what the database takes isn’t either', async () => {
    const room = await roomAt();
    expect(await room.incidents.journal.declare(asker, down)).toMatchObject({ kind: 'declared', incident: { id: 1 } });
    await kill();
    await expect(room.incidents.journal.declare(asker, { ...down, severity: 'P9' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await files()).toEqual([]);
    expect(room.pages()).toEqual([]);
  });
});

/** What a process that starts has of the journal before its database is there. */
async function nextPager(room: Room) {
  const { journalPager } = await import('../../../src/incidents/journal/pager.ts');
  const { routingKey, eventsUrl } = room.workspace.phone;
  const paging = { routingKey, events: createEvents({ url: eventsUrl }) };
  return { pager: journalPager({ folder: join(folder, 'journal'), paging, log: memoryLog(), clock: room.clock }) };
}
