import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { effortLeft } from '../../../src/checklists/minutes.ts';
import { isLeft } from '../../../src/checklists/model.ts';
import { Unmeasured } from '../../../src/kernel/check.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  anna,
  asker,
  auditedChecklists,
  ben,
  bens,
  type ChecklistRoom,
  checklistRoom,
  morning,
} from '../../support/checklists.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const done = (n: number, note?: string) => ({ id: 1, changes: [{ n, to: 'done' as const, ...(note && { note }) }] });
async function tick(room: ChecklistRoom, who: typeof asker, n: number, note?: string) {
  const { changed } = await room.checklists.change(who, done(n, note));
  await room.queue.finish();
  return changed;
}

describe('a run', () => {
  it('stands in one message, ticks what a check knows with its value, and leaves the rest to people', async () => {
    const room = await checklistRoom(store);
    const run = await room.begin();
    expect(run.items.map(({ state, by }) => [state, by?.id])).toEqual([
      ['done', 'rounds'],
      ['open', undefined],
      ['open', undefined],
    ]);
    expect(run.items[0]?.result).toMatchObject({ verdict: 'pass', words: expect.stringContaining('42 ms') });
    expect(room.said()).toHaveLength(1);
    expect(room.said()[0]).toContain('*1/3*');
    expect(room.said()[0]).toContain('3 min of 15 min left for people');
    expect(room.said()[0]).toMatch(/✓ \*1\* The API answers · [^"]*42 ms[^"]* · automatic/);
    expect(effortLeft(run.plan, run.items, isLeft)).toEqual({ leftMs: 180_000, wholeMs: 900_000 });
  });

  it('is ticked, attested, and then shows the row of the audit that says so', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await tick(room, asker, 2, 'two reports, both known');
    await tick(room, bens, 3);
    expect(await room.run()).toMatchObject({
      state: 'done',
      items: [{}, { by: anna, note: 'two reports, both known' }, { by: ben }],
    });
    expect(room.said()[0]).toContain('checklist.attest');
    await room.checklists.attest(bens, 1);
    await room.queue.finish();
    const { proof, state, ended } = await room.run();
    expect({ state, by: ended?.by }).toEqual({ state: 'finished', by: ben });
    const { rows } = await store.pool.query("select encode(hash, 'hex') as hash from audit_entry where seq = $1", [
      proof?.seq,
    ]);
    expect(rows).toEqual([{ hash: proof?.hash }]);
    expect(room.said()[0]).toContain(proof?.hash);
    expect(room.said()[0]).not.toContain('action_id');
    expect((await auditedChecklists(store)).slice(-6)).toEqual([
      'slack:U0ANNA0001 checklist.begin checklist/morning/1',
      'rounds checklist.measure checklist/morning/1',
      'slack:U0ANNA0001 checklist.tick checklist/morning/1',
      'slack:U0BEN00001 checklist.tick checklist/morning/1',
      'slack:U0BEN00001 checklist.done checklist/morning/1',
      'slack:U0BEN00001 checklist.attest checklist/morning/1',
    ]);
    await expect(tick(room, asker, 3)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can’t be attested while something is open', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await expect(room.checklists.attest(asker, 1)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('2 of its items are open'),
    });
  });

  it('is over by itself where nobody attests', async () => {
    const room = await checklistRoom(store, { files: { morning: `${morning}attest: false\n` } });
    await room.begin();
    await tick(room, asker, 2, 'none');
    await tick(room, asker, 3);
    expect(await room.run()).toMatchObject({ state: 'finished', proof: { seq: expect.any(Number) } });
    expect(room.said()[0]).toContain('✅ done');
  });

  it('is begun once, however often somebody asks', async () => {
    const room = await checklistRoom(store);
    const both = await Promise.all([
      room.checklists.begin(asker, { name: 'morning' }),
      room.checklists.begin(bens, { name: 'morning' }),
    ]);
    await room.queue.finish();
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['begun', 'open']);
    expect(both[0].run.id).toBe(both[1].run.id);
    expect(room.said()).toHaveLength(1);
  });

  it('can be closed with a reason, and the next one begins', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await expect(room.checklists.close(asker, { id: 1, reason: 'no' })).rejects.toMatchObject({ code: 'invalid' });
    await room.checklists.close(asker, { id: 1, reason: 'everybody was in the incident' });
    await room.queue.finish();
    expect(room.said()[0]).toContain('closed by <@U0ANNA0001>');
    expect(await room.begin()).toMatchObject({ id: 2, state: 'open' });
  });
});

describe('two people', () => {
  it('who tick the same item in the same second: one did it, the other is told who, and nothing is lost', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    const both = await Promise.all([room.checklists.change(asker, done(3)), room.checklists.change(bens, done(3))]);
    const [first, second] = both.map(({ changed }) => changed[0]!).toSorted((a, b) => a.kind.localeCompare(b.kind));
    expect(first).toMatchObject({ kind: 'changed' });
    expect(second).toMatchObject({ kind: 'taken', by: first?.item.by, state: 'done' });
    expect((await room.run()).items[2]).toMatchObject({ state: 'done', by: first?.item.by });
  });

  it('who tick different items at once both have theirs', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await Promise.all([room.checklists.change(asker, done(2, 'none')), room.checklists.change(bens, done(3))]);
    await room.queue.finish();
    expect(await room.run()).toMatchObject({ state: 'done', items: [{}, { by: anna }, { by: ben }] });
    expect(room.said()[0]).toContain('*3/3*');
  });
});

describe('an automatic item', () => {
  it('whose check fails waits for a person, who may tick it with a note, and that is kept', async () => {
    const room = await checklistRoom(store);
    room.api.latencyMs = 900;
    await room.begin();
    expect(room.said()[0]).toMatch(/⚠️ \*1\* The API answers · [^"]*900/);
    const [refused] = await tick(room, asker, 1);
    expect(refused).toMatchObject({ kind: 'refused', why: expect.stringContaining('900') });
    await tick(room, asker, 1, 'the load test runs');
    expect(room.said()[0]).toContain('although the check failed');
    const { rows } = await store.pool.query(
      "select payload from audit_detail where action = 'checklist.tick' order by seq desc limit 1",
    );
    expect(rows[0].payload).toMatch(/"note":"the load test runs","despite":"[^"]*900/);
  });

  it('that can’t be measured is not ticked', async () => {
    const room = await checklistRoom(store);
    room.api.error = new Unmeasured('unreachable', 'api.example.com does not answer');
    const run = await room.begin();
    expect(run.items[0]).toMatchObject({
      state: 'open',
      result: { verdict: 'unknown', words: expect.stringContaining('does not answer') },
    });
    expect(room.said()[0]).toContain('❔');
  });

  it('is measured again on demand: what is well now ticks itself, what fails now opens again, people’s ticks stay', async () => {
    const room = await checklistRoom(store);
    room.api.latencyMs = 900;
    await room.begin();
    const again = async () => room.checklists.measure(await room.run(), new AbortController().signal);
    room.api.latencyMs = 41;
    expect((await again()).items[0]).toMatchObject({ state: 'done', by: { id: 'rounds' } });
    room.api.latencyMs = 901;
    expect((await again()).items[0]).toMatchObject({ state: 'open' });
    await tick(room, asker, 1, 'known');
    expect((await again()).items[0]).toMatchObject({ state: 'done', by: anna });
  });

  it('that a person opened again is not ticked by the next measurement, and says who opened it', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await room.checklists.change(asker, { id: 1, changes: [{ n: 1, to: 'open', note: 'users see errors' }] });
    const again = await room.checklists.measure(await room.run(), new AbortController().signal);
    await room.queue.finish();
    expect(again.items[0]).toMatchObject({ state: 'open', by: anna, result: { verdict: 'pass' } });
    expect(room.said()[0]).toMatch(/⬜ \*1\* The API answers · [^"]*42 ms[^"]*opened again by <@U0ANNA0001>/);
  });

  it('whose evidence a person must give is not ticked without, however well its check is', async () => {
    const files = { morning: morning.replace('check: api }', 'check: api }, evidence: note') };
    const room = await checklistRoom(store, { files });
    expect((await room.begin()).items[0]).toMatchObject({ state: 'open', result: { verdict: 'pass' } });
    expect(room.said()[0]).toMatch(/⬜ \*1\* The API answers · [^"]*42 ms[^"]*takes a note/);
    await tick(room, asker, 1, 'looked at the graph');
    expect(await room.run()).toMatchObject({
      items: [{ state: 'done', by: anna, note: 'looked at the graph' }, {}, {}],
    });
  });

  it('of two measurements at once has the result of the later one', async () => {
    const slow = Promise.withResolvers<void>();
    const room = await checklistRoom(store);
    const { measure } = room.ports;
    room.api.latencyMs = 900;
    const run = await room.begin();
    room.api.latencyMs = 42;
    const held = { begun: Promise.withResolvers<void>() };
    room.ports.measure = async (...asked) => {
      const found = await measure(...asked);
      held.begun.resolve();
      await slow.promise;
      return found;
    };
    const early = room.checklists.measure(run, new AbortController().signal);
    await held.begun.promise;
    room.clock.move(1_000);
    room.ports.measure = measure;
    room.api.latencyMs = 901;
    await room.checklists.measure(run, new AbortController().signal);
    slow.resolve();
    await early;
    expect((await room.run()).items[0]).toMatchObject({
      state: 'open',
      result: { words: expect.stringContaining('901') },
    });
  });

  it('that opens again since its check fails is told to the audit, and so is what a person takes back', async () => {
    const room = await checklistRoom(store);
    const run = await room.begin();
    room.api.latencyMs = 900;
    await room.checklists.measure(run, new AbortController().signal);
    await tick(room, asker, 2, 'two reports');
    await room.checklists.change(bens, { id: 1, changes: [{ n: 2, to: 'open' }] });
    const { rows } = await store.pool.query(
      "select payload from audit_detail where action like 'checklist.%' order by seq desc limit 3",
    );
    const [reopened, , measured] = rows.map(({ payload }) => JSON.parse(payload));
    expect(measured.after).toMatchObject({ ticked: [], opened: ['api'] });
    expect(reopened).toMatchObject({ before: { state: 'done', by: anna.id, note: 'two reports' } });
  });

  it('whose check ops.yml does not have is for a person', async () => {
    const files = { morning: morning.replace('check: api', 'check: nowhere') };
    const run = await (await checklistRoom(store, { files })).begin();
    expect(run.items[0]).toMatchObject({ state: 'open', result: undefined });
  });

  it('may have a condition of its own, and shows value and condition', async () => {
    const files = { morning: morning.replace('check: api }', 'check: api, when: latency_ms < 40 }') };
    const run = await (await checklistRoom(store, { files })).begin();
    expect(run.items[0]).toMatchObject({
      state: 'open',
      result: { verdict: 'fail', words: 'latency_ms 42 ms (wanted: latency_ms < 40)' },
    });
  });
});

describe('words of people', () => {
  it('are kept without secrets, and a link must be one', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    await tick(room, asker, 2, 'the password=hunter2-long-enough worked <!channel>');
    const [item] = (await room.run()).items.slice(1);
    expect(item?.note).not.toContain('hunter2');
    expect(room.said()[0]).not.toContain('<!channel>');
    const { changed } = await room.checklists.change(asker, {
      id: 1,
      changes: [{ n: 3, to: 'done', link: 'javascript:alert(1)' }],
    });
    expect(changed).toMatchObject([{ kind: 'refused' }]);
  });

  it('say why something does not apply', async () => {
    const room = await checklistRoom(store);
    await room.begin();
    const leave = (note: string) => room.checklists.change(asker, { id: 1, changes: [{ n: 2, to: 'left_out', note }] });
    expect((await leave('')).changed).toMatchObject([{ kind: 'refused' }]);
    await leave('the page is being moved');
    await room.queue.finish();
    expect((await room.run()).items[1]).toMatchObject({ state: 'left_out', by: anna });
    expect(room.said()[0]).toContain('not applicable: the page is being moved');
  });
});

it('what was gone through is kept for six years', async () => {
  const room = await checklistRoom(store);
  await room.begin();
  const remove = async () => {
    await store.pool.query('delete from checklist_item');
    await store.pool.query('delete from checklist_run');
  };
  await expect(remove()).rejects.toThrow('kept for six years');
  await expect(store.pool.query('truncate checklist_item')).rejects.toThrow('kept for six years');
  await store.pool.query("update checklist_run set begun_at = now() - interval '6 years 1 day'");
  await remove();
  expect(await room.checklists.run(1)).toBeUndefined();
});

it('what was ticked stays as it was once a run is over, whoever has the database', async () => {
  const room = await checklistRoom(store);
  await room.begin();
  await room.checklists.change(asker, { id: 1, changes: [{ n: 2, to: 'noted', note: 'Mr X called' }] });
  const forge = (by: string) => store.pool.query('update checklist_item set by = $1 where n = 1', [by]);
  await forge('slack:U0EVE00001');
  await room.checklists.close(asker, { id: 1, reason: 'in the incident' });
  await expect(forge('slack:U0MALLORY1')).rejects.toThrow('run 1 is over');
  const note = (text: string) => store.pool.query('update checklist_item set note = $1 where n = 2', [text]);
  await expect(note('all is well')).rejects.toThrow('run 1 is over');
  // A patient's name must go, whatever else stays.
  await note('');
  expect((await room.run()).items[1]?.note).toBe('');
});

it('what was asked is in the audit with the beginning: titles can’t be exchanged afterwards', async () => {
  const room = await checklistRoom(store);
  const run = await room.begin();
  const { rows } = await store.pool.query(
    "select payload from audit_detail where action = 'checklist.begin' order by seq desc limit 1",
  );
  const lines = run.items.map(({ item }) => `${item.id}\t${item.title}\n`).join('');
  const sha256 = createHash('sha256').update(lines).digest('hex');
  expect(JSON.parse(rows[0].payload).after.planSha256).toBe(sha256);
  const { runs } = await room.checklists.exported('morning', [run], { head: undefined, more: false });
  expect(runs[0]?.planSha256).toBe(sha256);
});
