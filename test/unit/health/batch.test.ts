import { describe, expect, test } from 'vitest';
import { createBatch } from '../../../src/health/batch.ts';
import { Unmeasured } from '../../../src/kernel/check.ts';

const never = new AbortController().signal;
const noWait = () => {};

/** Answers every question with its double and remembers the calls. */
function doubling(max = 100) {
  const calls: number[][] = [];
  return {
    calls,
    max,
    ask: async (questions: number[]) => {
      calls.push(questions);
      return questions.map((question) => question * 2);
    },
  };
}

describe('a sweep’s batch', () => {
  test('questions of the same turns leave in one call, each gets its own answer', async () => {
    const batch = createBatch();
    const api = doubling();
    const later = Promise.resolve()
      .then(() => undefined)
      .then(() => batch.forAttempt(never, noWait).load('k', 4, api));
    const answers = await Promise.all(
      [1, 2, 3].map((n) => batch.forAttempt(never, noWait).load('k', n, api)).concat(later),
    );
    expect(answers).toEqual([2, 4, 6, 8]);
    expect(api.calls).toEqual([[1, 2, 3, 4]]);
  });

  test('a full call leaves at once, the rest in the next', async () => {
    const batch = createBatch().forAttempt(never, noWait);
    const api = doubling(2);
    await Promise.all([1, 2, 3].map((n) => batch.load('k', n, api)));
    expect(api.calls).toEqual([[1, 2], [3]]);
  });

  test('keys do not mix', async () => {
    const batch = createBatch().forAttempt(never, noWait);
    const [one, two] = [doubling(), doubling()];
    await Promise.all([batch.load('eu', 1, one), batch.load('us', 2, two)]);
    expect([one.calls, two.calls]).toEqual([[[1]], [[2]]]);
  });

  test('an Error answer rejects its question alone; a missing one is no answer', async () => {
    const batch = createBatch().forAttempt(never, noWait);
    const ask = async () => [1, new Unmeasured('denied', 'no rights on b')];
    const results = await Promise.allSettled(['a', 'b', 'c'].map((q) => batch.load('k', q, { max: 9, ask })));
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.reason))).toEqual([
      1,
      'denied',
      'invalid_answer',
    ]);
  });

  test.each([
    ['rejects', () => Promise.reject(new Unmeasured('throttled', 'slow down'))],
    [
      'throws',
      (): Promise<number[]> => {
        throw new Unmeasured('throttled', 'slow down');
      },
    ],
  ])('a call that %s rejects all of its questions', async (_, ask) => {
    const batch = createBatch().forAttempt(never, noWait);
    const results = await Promise.allSettled([1, 2].map((q) => batch.load('k', q, { max: 9, ask })));
    expect(results.map((one) => one.status)).toEqual(['rejected', 'rejected']);
  });

  test('an aborted probe’s question is not asked, the others’ are', async () => {
    const batch = createBatch();
    const gone = new AbortController();
    const api = doubling();
    const dropped = batch.forAttempt(gone.signal, noWait).load('k', 1, api);
    const kept = batch.forAttempt(never, noWait).load('k', 2, api);
    const why = new Unmeasured('timeout', 'too late');
    gone.abort(why);
    await expect(dropped).rejects.toBe(why);
    expect(await kept).toBe(4);
    expect(api.calls).toEqual([[2]]);
  });

  test('a call is aborted when its last asker is gone, not before', async () => {
    const batch = createBatch();
    const askers = [new AbortController(), new AbortController()];
    const aborted: boolean[] = [];
    const started = Promise.withResolvers<AbortSignal>();
    const ask = (_: number[], signal: AbortSignal) => {
      started.resolve(signal);
      return new Promise<number[]>(() => {});
    };
    const waiting = askers.map(({ signal }, n) => batch.forAttempt(signal, noWait).load('k', n, { max: 9, ask }));
    const settled = Promise.allSettled(waiting);
    const signal = await started.promise;
    for (const asker of askers) {
      asker.abort(new Unmeasured('timeout', 'too late'));
      aborted.push(signal.aborted);
    }
    expect(aborted).toEqual([false, true]);
    expect((await settled).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  });

  test('it tells when a probe begins to wait for others', async () => {
    let waits = 0;
    const batch = createBatch().forAttempt(never, () => {
      waits += 1;
    });
    await batch.load('k', 1, doubling());
    expect(waits).toBe(1);
  });
});
