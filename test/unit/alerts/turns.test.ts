import { expect, it } from 'vitest';
import { channelTurns } from '../../../src/alerts/turns.ts';

const held = () => Promise.withResolvers<string>();

it('a channel that hangs keeps three turns; who waits in vain goes back, and other channels go on', async () => {
  const inTurn = channelTurns({ patienceMs: 20 });
  const hanging = [held(), held(), held()];
  const work = hanging.map(({ promise }) => inTurn('#a', () => promise));
  await expect(inTurn('#a', async () => 'never')).rejects.toMatchObject({
    reason: 'channel_busy',
    retryable: true,
    retryAfterMs: 1_000,
  });
  expect(await inTurn('#b', async () => 'b')).toBe('b');
  for (const { resolve } of hanging) resolve('a');
  expect(await Promise.all(work)).toEqual(['a', 'a', 'a']);
});

it('who leaves, also by an error, gives the turn to the one who waits longest', async () => {
  const inTurn = channelTurns({ most: 1, patienceMs: 5_000 });
  const first = held();
  const order: string[] = [];
  const failing = inTurn('#a', () => first.promise);
  const rest = ['b', 'c', 'd'].map((name) => inTurn('#a', async () => order.push(name)));
  first.reject(new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await Promise.all(rest);
  expect(order).toEqual(['b', 'c', 'd']);
});
