import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OpsError, PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { jobsOf, numbered, type OpenedJobs } from '../../support/jobs.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores = { embedded: embeddedStore, server: serverStore };

describe.each(Object.entries(stores))('the queue on the %s store', (_name, open) => {
  let store: Store;
  let jobs: OpenedJobs;
  const note = numbered('test.note');

  beforeEach(async () => {
    store = await open();
    jobs = await jobsOf(store);
  });
  afterEach(async () => {
    await jobs.stop(100);
    await store.close();
  });

  /** Starts with a handler that keeps what it was given. */
  async function seen(): Promise<number[]> {
    const numbers: number[] = [];
    jobs.handle(note, async ({ n }) => void numbers.push(n));
    await jobs.start();
    return numbers;
  }

  test('carries out what was enqueued, once', async () => {
    const numbers = await seen();
    for (let n = 1; n <= 30; n += 1) await jobs.add(note, { n });
    await eventually(() => expect(jobs.told).toHaveLength(30));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(jobs.told[0]).toEqual({ kind: 'test.note', outcome: 'done', durationMs: expect.any(Number) });
    expect((await jobs.state()).counts).toEqual([]);
  });

  test('in a hurry it looks at once, not with the next look', async () => {
    const slow = await jobsOf(store, { pace: { pollMs: 3_600_000 } });
    slow.handle(note, async () => {});
    await slow.start();
    // The first look is over when this is carried out, and the next is an hour away.
    await slow.add(note, { n: 1 });
    slow.hurry();
    await eventually(() => expect(slow.told).toHaveLength(1));
    await slow.add(note, { n: 2 });
    slow.hurry();
    await eventually(() => expect(slow.told).toHaveLength(2));
    await slow.stop(100);
  });

  test('a job commits and rolls back with its transaction', async () => {
    await store.pool.query('create table thing (n int)');
    const lost = store.transaction(async (tx) => {
      await sql`insert into thing values (1)`.execute(tx);
      await jobs.enqueue(tx, note, { n: 1 });
      throw new Error('the verb failed');
    });
    await expect(lost).rejects.toThrow('the verb failed');
    await store.transaction(async (tx) => {
      await sql`insert into thing values (2)`.execute(tx);
      await jobs.enqueue(tx, note, { n: 2 });
    });
    const numbers = await seen();
    await eventually(() => expect(jobs.told).toHaveLength(1));
    expect(numbers).toEqual([2]);
    expect((await store.pool.query('select n from thing')).rows).toEqual([{ n: 2 }]);
  });

  test('a second job with a key is known while the first waits, and when it is done', async () => {
    expect(await jobs.add(note, { n: 1 }, { key: 'a' })).toBe('enqueued');
    expect(await jobs.add(note, { n: 2 }, { key: 'a' })).toBe('known');
    expect(await jobs.add(numbered('test.other'), { n: 3 }, { key: 'a' })).toBe('enqueued');
    const numbers = await seen();
    await eventually(() => expect(jobs.told).toHaveLength(1));
    expect(await jobs.add(note, { n: 4 }, { key: 'a' })).toBe('known');
    expect(numbers).toEqual([1]);
  });

  test('of many at once with one key one is enqueued', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => jobs.add(note, { n }, { key: 'same' })));
    expect(answers.filter((answer) => answer === 'enqueued')).toHaveLength(1);
  });

  test('tries again by the error’s own word, and buries what ran out of tries', async () => {
    const attempts: { attempt: number; last: boolean }[] = [];
    jobs.handle(note, async (_data, { attempt, lastAttempt }) => {
      attempts.push({ attempt, last: lastAttempt });
      throw new PortError('rate_limited', 'Slack says 429, token xoxb-1111-2222-abcdefghijklmnop', { retryable: true });
    });
    await jobs.start();
    await jobs.add(note, { n: 7 });
    await eventually(async () => expect(await jobs.dead(10)).toHaveLength(1));
    expect(attempts).toEqual([1, 2, 3, 4].map((attempt) => ({ attempt, last: attempt === 4 })));
    const [dead] = await jobs.dead(10);
    expect(dead).toMatchObject({ kind: 'test.note', data: { n: 7 }, reason: 'rate_limited', attempts: 4 });
    expect(dead?.message).not.toContain('abcdefghijklmnop');
    expect(dead?.diedAt).toBeInstanceOf(Date);
    expect(jobs.told.map(({ outcome }) => outcome)).toEqual(['retried', 'retried', 'retried', 'dead']);
  });

  test.each([
    ['a PortError that no retry can help', new PortError('no_channel', 'gone', { retryable: false }), 'no_channel'],
    ['an OpsError', new OpsError('not_found', 'no such check'), 'not_found'],
  ])('%s is dead at once', async (_what, error, reason) => {
    jobs.handle(note, () => Promise.reject(error));
    await jobs.start();
    await jobs.add(note, { n: 1 });
    await eventually(async () => expect(await jobs.dead(10)).toHaveLength(1));
    expect(jobs.told).toEqual([{ kind: 'test.note', outcome: 'dead', reason, durationMs: expect.any(Number) }]);
  });
});
