import { expect, test } from 'vitest';
import { Slots } from '../../../src/health/slots.ts';

/** Takes a place and tells in `got` when it has it. */
function taker(slots: Slots, got: string[]) {
  const held = new Map<string, () => void>();
  return {
    async take(name: string, lane?: string) {
      held.set(name, await slots.take(lane));
      got.push(name);
    },
    leave: (name: string) => held.get(name)?.(),
  };
}

const turn = () => new Promise((done) => setImmediate(done));

test('no more than so many at a time, in the order they came', async () => {
  const got: string[] = [];
  const { take, leave } = taker(new Slots({ concurrent: 2, perLane: 9 }), got);
  for (const name of ['a', 'b', 'c', 'd']) void take(name);
  await turn();
  expect(got).toEqual(['a', 'b']);
  leave('a');
  leave('a');
  await turn();
  expect(got).toEqual(['a', 'b', 'c']);
  leave('c');
  await turn();
  expect(got).toEqual(['a', 'b', 'c', 'd']);
});

test('a lane may have a limit of its own, below that of all', async () => {
  const got: string[] = [];
  const slots = new Slots({ concurrent: 9, perLane: 3 });
  for (const name of ['a', 'b', 'c']) void slots.take('narrow', 2).then(() => got.push(name));
  for (const name of ['d', 'e', 'f', 'g']) void slots.take('wide', 64).then(() => got.push(name));
  await turn();
  expect(got).toEqual(['a', 'b', 'd', 'e', 'f']);
});

test('a full lane holds its own, not the others', async () => {
  const got: string[] = [];
  const { take, leave } = taker(new Slots({ concurrent: 3, perLane: 1 }), got);
  void take('slow 1', 'slow');
  void take('slow 2', 'slow');
  void take('slow 3', 'slow');
  void take('other', 'fast');
  void take('free');
  await turn();
  expect(got).toEqual(['slow 1', 'other', 'free']);
  leave('slow 1');
  await turn();
  expect(got).toEqual(['slow 1', 'other', 'free', 'slow 2']);
});

test('openAll lets everybody through, now and later', async () => {
  const got: string[] = [];
  const slots = new Slots({ concurrent: 1, perLane: 1 });
  const { take, leave } = taker(slots, got);
  for (const name of ['a', 'b', 'c']) void take(name, 'lane');
  void take('d');
  await turn();
  expect(got).toEqual(['a']);
  slots.openAll();
  await turn();
  expect(got.sort()).toEqual(['a', 'b', 'c', 'd']);
  void take('e', 'lane');
  await turn();
  expect(got).toContain('e');
  leave('a');
});
