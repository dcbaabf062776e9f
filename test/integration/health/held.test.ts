import { describe, expect, test } from 'vitest';
import type { Health } from '../../../src/health/health.ts';
import type { FactSpecs, Facts } from '../../../src/kernel/check.ts';
import { checkOf, type testClock } from '../../support/checks.ts';
import { all, final, healthOf, unhurried } from '../../support/health.ts';
import { conditionsOf } from '../../support/judging.ts';
import { embeddedStore } from '../../support/store.ts';

const specs: FactSpecs = { json: { type: 'json', help: 'body' } };
const minute = 60_000;

function checkWith(
  facts: () => Facts,
  rules: { fail?: string[]; warn?: string[]; clear?: string[] },
  heldForMs = 5 * minute,
) {
  const { fail = [], warn = [], clear = [] } = rules;
  return checkOf(async () => ({ facts: facts() }), {
    fail: conditionsOf(fail, specs),
    warn: conditionsOf(warn, specs),
    clear: conditionsOf(clear, specs),
    heldForMs,
  });
}

/** Measures every minute, so many times; what was said of the check each time. */
async function minutes(times: number, health: Health, clock: ReturnType<typeof testClock>) {
  const said: { outcome: string | undefined; notes: string[] | undefined }[] = [];
  for (let n = 0; n < times; n += 1) {
    const [report] = (await final(health.measure({ scope: all, signal: unhurried }))).checks;
    said.push({ outcome: report?.outcome, notes: report?.notes });
    clock.move(minute);
  }
  return said;
}

describe('held_for is judged by what the rules said of whole facts', () => {
  const tenants = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, n) => [`tenant-${n}`, { id: n, name: 'x'.repeat(20) }]),
  );
  test.each([
    ['a body of 136 KB', { ...tenants, queue: { waiting: 999 } }, 'json.queue.waiting > 200'],
    [
      'a list of 2,000',
      { items: Array.from({ length: 2_000 }, (_, id) => ({ id, state: 'failed', note: 'y'.repeat(30) })) },
      "json.items.filter(i, i.state == 'failed').size() > 150",
    ],
  ])('%s', async (_, json, rule) => {
    expect(JSON.stringify(json).length).toBeGreaterThan(64_000);
    const { health, clock } = await healthOf([checkWith(() => ({ json }), { fail: [rule] })]);
    const said = await minutes(5, health, clock);
    expect(said.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'fail']);
  });

  test('also after a restart, from what is stored', async () => {
    const json = { ...tenants, queue: { waiting: 999 } };
    const check = checkWith(() => ({ json }), { fail: ['json.queue.waiting > 200'] });
    const before = await healthOf([check]);
    await minutes(4, before.health, before.clock);
    const after = await healthOf([check], before);
    expect((await minutes(1, after.health, after.clock))[0]?.outcome).toBe('fail');
  });

  test('that one rule held and fired says nothing for another', async () => {
    const json = { a: 10, b: 0 };
    const check = checkWith(() => ({ json: { ...json } }), { warn: ['json.a > 5', 'json.b > 5'] });
    const { health, clock } = await healthOf([check]);
    expect((await minutes(7, health, clock)).at(-1)?.outcome).toBe('warn');
    Object.assign(json, { a: 0, b: 10 });
    const said = await minutes(5, health, clock);
    expect(said.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'warn']);
  });
});

describe('while the database is away', () => {
  async function away() {
    const store = await embeddedStore();
    await store.close();
    return store;
  }

  test('a hold is proven from memory, and until then the note says that the past was not read', async () => {
    const check = checkWith(() => ({ json: { n: 1 } }), { fail: ['json.n == 1'] });
    const { health, clock } = await healthOf([check], { store: await away() });
    const said = await minutes(5, health, clock);
    expect(said.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'fail']);
    expect(said[2]?.notes).toEqual(['fail for 2 of 5 min (earlier samples not read): json.n is 1']);
  });

  test('an ok that may be a warn which has not cleared says so, until the past is read again', async () => {
    const json = { n: 600 };
    const check = checkWith(() => ({ json: { ...json } }), { warn: ['json.n > 500'], clear: ['json.n < 400'] }, 0);
    const before = await healthOf([check]);
    await minutes(1, before.health, before.clock);
    json.n = 450;
    const broken = { ...before.store };
    const gone = await away();
    Object.assign(broken, gone);
    const after = await healthOf([check], { store: broken, clock: before.clock });
    const note = { outcome: 'ok', notes: ['past unknown: clear rules skipped'] };
    expect(await minutes(2, after.health, after.clock)).toEqual([note, note]);
    Object.assign(broken, before.store);
    expect(await minutes(1, after.health, after.clock)).toEqual([{ outcome: 'warn', notes: [] }]);
  });
});
