import { describe, expect, it } from 'vitest';
import { PaidCalls } from '../../../../src/checks/cost/paid.ts';
import { Unmeasured } from '../../../../src/kernel/check.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const hoursLater = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);

describe('answers', () => {
  it('are kept for 12 h, and not when the clock went back', async () => {
    const calls = new PaidCalls();
    const at = async (now: Date) => (await calls.remembered('key', now, async () => now.toISOString())).answer;
    const first = noon.toISOString();
    expect(await at(noon)).toBe(first);
    expect(await at(hoursLater(11.9))).toBe(first);
    expect(await at(hoursLater(12))).toBe(hoursLater(12).toISOString());
    expect(await at(hoursLater(5))).toBe(hoursLater(5).toISOString());
  });

  it('that failed are not kept', async () => {
    const calls = new PaidCalls();
    await expect(calls.remembered('key', noon, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await calls.remembered('key', noon, async () => 1)).toEqual({ at: noon, answer: 1 });
  });

  it('of 100 keys are kept, the newest', async () => {
    const calls = new PaidCalls();
    const ask = (key: number, answer: string) => calls.remembered(`${key}`, noon, async () => answer);
    for (let key = 0; key <= 100; key++) await ask(key, 'first');
    expect((await ask(1, 'again')).answer).toBe('first');
    expect((await ask(0, 'again')).answer).toBe('again');
  });
});

describe('calls', () => {
  const failing = (error: Error) => () => Promise.reject(error);

  it.each([
    ['timeout', 1],
    ['invalid_answer', 1],
    ['error', 1],
    ['denied', 0],
    ['no_credentials', 0],
    ['throttled', 0],
    ['unreachable', 0],
  ] as const)('that end in %s count %i: AWS may have charged for them, or did not', async (reason, count) => {
    const calls = new PaidCalls();
    await expect(calls.pay('me', 5, noon, failing(new Unmeasured(reason, 'no')))).rejects.toThrow('no');
    expect(calls.callsOf('me', noon)).toBe(count);
  });

  it('are counted by payer and by UTC day', async () => {
    const calls = new PaidCalls();
    const call = async () => 1;
    await calls.pay('me', 1, noon, call);
    await calls.pay('you', 1, noon, call);
    await expect(calls.pay('me', 1, hoursLater(11.9), call)).rejects.toMatchObject({ reason: 'throttled' });
    expect(await calls.pay('me', 1, hoursLater(12), call)).toBe(1);
  });
});
