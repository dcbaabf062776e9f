import { expect, it } from 'vitest';
import type { Call } from '../../../src/slack/caller.ts';
import { createChannels } from '../../../src/slack/channels.ts';

/** Slack with these channels, and a clock. */
function slackWith(names: Record<string, string>) {
  let nowMs = 0;
  const calls: string[] = [];
  const call: Call = async (method, args) => {
    calls.push(method);
    if (method === 'conversations.list') return { channels: Object.entries(names).map(([id, name]) => ({ id, name })) };
    const id = String(args.channel);
    return { channel: { id, name: names[id] } };
  };
  const channels = createChannels({ call, elapsedMs: () => nowMs });
  return { channels, calls, names, pass: (ms: number) => (nowMs += ms) };
}

it('finds a channel that was made, or renamed, after the names were read', async () => {
  const { channels, names, pass } = slackWith({ C1: 'ops' });
  expect(await channels.resolve('#new')).toBeUndefined();
  names.C2 = 'new';
  names.C1 = 'operations';
  pass(15_000);
  expect(await channels.resolve('#new')).toMatchObject({ id: 'C2' });
  expect(await channels.resolve('#operations')).toMatchObject({ id: 'C1' });
  expect(await channels.resolve('#ops')).toBeUndefined();
});

it('does not read all names again and again for one that is not there', async () => {
  const { channels, calls, pass } = slackWith({ C1: 'ops' });
  for (let second = 0; second < 15; second += 1) {
    await channels.resolve('#gone');
    pass(1_000);
  }
  expect(calls).toEqual(['conversations.list']);
});
