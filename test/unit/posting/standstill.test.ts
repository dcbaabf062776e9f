import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Ledger, PostPort } from '../../../src/posting/port.ts';
import { postOnce } from '../../../src/posting/post-once.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Posts once, by a process that stands still for so long right before it sends; what became of it. */
async function postedAfter(standstillMs: number) {
  const begun = vi.fn(async () => {
    vi.advanceTimersByTime(standstillMs);
    return true;
  });
  const ledger = { read: async () => ({}), begin: begun, posted: async () => {}, notPosted: vi.fn() };
  const post = vi.fn(async () => ({ channel: 'C1', ts: '1.1' }));
  const once = {
    slack: { post } as unknown as PostPort,
    ledger: ledger as unknown as Ledger,
    ctx: { stillMine: async () => true, signal: new AbortController().signal },
  };
  const message = { channel: 'C1', key: 'report:1', post: { text: 'Round', blocks: [] } };
  const outcome = await postOnce(message, new Date(0), once).catch((error) => error.reason);
  return { outcome, sent: post.mock.calls.length, forgotten: ledger.notPosted.mock.calls.length };
}

it('a process that stood still between its claim and its message sends nothing, and leaves it to be looked up', async () => {
  expect(await postedAfter(11_000)).toEqual({ outcome: 'lost', sent: 0, forgotten: 0 });
});

it('a claim on a slow database is no standstill', async () => {
  expect(await postedAfter(4_000)).toMatchObject({ sent: 1, outcome: { ts: '1.1', earlier: false } });
});
