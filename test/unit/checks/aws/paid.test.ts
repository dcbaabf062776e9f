import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PaidCalls } from '../../../../src/checks/cost/paid.ts';
import { type Kept, Unmeasured } from '../../../../src/kernel/check.ts';
import { memoryKept } from '../../../support/kept.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);
const away = new Unmeasured('unreachable', 'the database is away');

/** As one run of a check on one replica. */
function replica(
  kept: Kept,
  { now = noon, most = 5, payer = 'me', signal = new AbortController().signal, clock = () => now } = {},
) {
  return new PaidCalls({ kept, payer, most, now, clock: { now: clock }, signal });
}
const never = () => Promise.reject(new Error('it was paid for twice'));
/** A call that waits to be let go. */
function held() {
  const begun = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<number>();
  const call = () => {
    begun.resolve();
    return answer.promise;
  };
  return { call, begun: begun.promise, ...{ resolve: answer.resolve, reject: answer.reject } };
}

describe('answers', () => {
  const text = z.string();

  it('are kept for 12 h of one UTC day, and not when the clock went back', async () => {
    const kept = memoryKept();
    const at = async (now: Date) => {
      const { answer } = await replica(kept, { now }).remembered('key', text, async () => now.toISOString());
      return answer;
    };
    const early = later(-12 * 60);
    expect(await at(early)).toBe(early.toISOString());
    expect(await at(later(-1))).toBe(early.toISOString());
    expect(await at(noon)).toBe(noon.toISOString());
    expect(await at(later(-60))).toBe(later(-60).toISOString());
    expect(await at(later(10 * 60))).toBe(later(-60).toISOString());
    expect(await at(later(12 * 60))).toBe(later(12 * 60).toISOString());
  });

  it('that failed are not kept, and nobody waits for them', async () => {
    const kept = memoryKept();
    await expect(replica(kept).remembered('key', text, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await replica(kept).remembered('key', text, async () => 'yes')).toEqual({ at: noon, answer: 'yes' });
  });

  it('of another version of Rounds, in another form, are none', async () => {
    const kept = memoryKept();
    await replica(kept).remembered('key', z.number(), async () => 1);
    expect(await replica(kept).remembered('key', text, async () => 'now')).toMatchObject({ answer: 'now' });
  });

  it('are told apart by name and by payer', async () => {
    const kept = memoryKept();
    await replica(kept).remembered('key', text, async () => 'mine');
    const other = replica(kept, { payer: 'you' });
    expect(await other.remembered('key', text, async () => 'yours')).toMatchObject({ answer: 'yours' });
    expect(await replica(kept).remembered('other', text, async () => 'second')).toMatchObject({ answer: 'second' });
    expect(await replica(kept).remembered('key', text, never)).toEqual({ at: noon, answer: 'mine' });
  });
});

describe('two replicas', () => {
  it('that want one answer pay once: the second waits, also when it began earlier', async () => {
    const kept = memoryKept();
    const { call, begun, resolve } = held();
    const first = replica(kept).remembered('key', z.number(), call);
    await begun;
    const second = replica(kept, { now: later(-1) }).remembered('key', z.number(), never);
    resolve(42);
    expect(await first).toEqual({ at: noon, answer: 42 });
    expect(await second).toEqual({ at: noon, answer: 42 });
  });

  it('the second asks itself when the first failed', async () => {
    const kept = memoryKept();
    const { call, begun, reject } = held();
    const first = replica(kept).remembered('key', z.number(), call);
    await begun;
    const second = replica(kept).remembered('key', z.number(), async () => 7);
    reject(new Unmeasured('denied', 'no'));
    await expect(first).rejects.toThrow('no');
    expect(await second).toMatchObject({ answer: 7 });
  });

  it('the second waits no longer than its own time', async () => {
    const kept = memoryKept();
    const { call, begun } = held();
    void replica(kept).remembered('costs', z.number(), call);
    await begun;
    const over = new AbortController();
    const second = replica(kept, { signal: over.signal }).remembered('costs', z.number(), never);
    over.abort();
    await expect(second).rejects.toMatchObject({
      reason: 'timeout',
      message: 'another replica asks Cost Explorer for the costs, and has no answer yet',
    });
  });

  it('one that died while it asked is waited for two minutes, and what it says after that changes nothing', async () => {
    const kept = memoryKept();
    const { call, begun, resolve } = held();
    const first = replica(kept).remembered('key', z.number(), call);
    await begun;
    const second = replica(kept, { clock: () => later(2) }).remembered('key', z.number(), async () => 7);
    expect(await second).toMatchObject({ answer: 7 });
    resolve(42);
    expect(await first).toMatchObject({ answer: 42 });
    expect(await replica(kept).remembered('key', z.number(), never)).toMatchObject({ answer: 7 });
  });
});

describe('a database that does not take it', () => {
  const refusing = (kept: Kept, keys: (key: string) => boolean): Kept => ({
    read: kept.read,
    write: (key, ...rest) => (keys(key) ? Promise.reject(away) : kept.write(key, ...rest)),
  });

  it('before the call: nothing is paid for', async () => {
    for (const prefix of ['calls', 'key']) {
      const paid = replica(refusing(memoryKept(), (key) => key.startsWith(prefix)));
      await expect(paid.remembered('key', z.number(), () => paid.pay(never))).rejects.toBe(away);
    }
  });

  it('after the call: what was paid for is told', async () => {
    const kept = memoryKept();
    let gone = false;
    const paid = replica(refusing(kept, () => gone));
    const load = async () => {
      gone = true;
      return 42;
    };
    expect(await paid.remembered('key', z.number(), load)).toEqual({ at: noon, answer: 42 });
  });
});

describe('calls', () => {
  const failing = (error: Error) => () => Promise.reject(error);
  const call = async () => 1;

  it.each([
    ['timeout', 1],
    ['invalid_answer', 1],
    ['error', 1],
    ['denied', 0],
    ['no_credentials', 0],
    ['throttled', 0],
    ['unreachable', 0],
  ] as const)('that end in %s count %i: AWS may have charged for them, or did not', async (reason, count) => {
    const paid = replica(memoryKept());
    await expect(paid.pay(failing(new Unmeasured(reason, 'no')))).rejects.toThrow('no');
    expect(await paid.callsToday()).toBe(count);
  });

  it('are counted by payer and by UTC day, whoever makes them', async () => {
    const kept = memoryKept();
    await replica(kept, { most: 1 }).pay(call);
    await replica(kept, { most: 1, payer: 'you' }).pay(call);
    await expect(replica(kept, { most: 1, now: later(11.9 * 60) }).pay(never)).rejects.toMatchObject({
      reason: 'throttled',
    });
    expect(await replica(kept, { most: 1, now: later(12 * 60) }).pay(call)).toBe(1);
  });

  it('at the same moment are all counted, and no more leave than may', async () => {
    const kept = memoryKept();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => replica(kept, { most: 4 }).pay(call)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(await replica(kept).callsToday()).toBe(4);
  });

  it('count before they leave: one that dies on its way is not forgotten', async () => {
    const kept = memoryKept();
    const { call: hanging, begun } = held();
    void replica(kept, { most: 1 }).pay(hanging);
    await begun;
    await expect(replica(kept, { most: 1 }).pay(never)).rejects.toMatchObject({ reason: 'throttled' });
  });
});
