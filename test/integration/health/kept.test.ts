import { expect, test } from 'vitest';
import { createKept } from '../../../src/health/kept.ts';
import type { Store } from '../../../src/store/store.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const kept = (store: Store, type = 'cost') => createKept({ store, clock: store.time })(type);

test.each([
  ['the embedded database', embeddedStore],
  ['a server', serverStore],
])('on %s: JSON by type and key, with its time', async (_, open) => {
  const store = await open();
  const written = await kept(store).write('a', { list: [1, 'two', null] }, undefined);
  expect(await kept(store).read('a')).toEqual({ ...written, at: expect.any(Date), value: { list: [1, 'two', null] } });
  expect(await kept(store).read('b')).toBeUndefined();
  expect(await kept(store, 'other').read('a')).toBeUndefined();
});

test('who has read an older one writes nothing', async () => {
  const store = await embeddedStore();
  const first = await kept(store).write('a', 1, undefined);
  expect(await kept(store).write('a', 2, undefined)).toBeUndefined();
  const second = await kept(store).write('a', 2, first);
  expect(await kept(store).write('a', 3, first)).toBeUndefined();
  expect(await kept(store).read('a')).toMatchObject({ value: 2, version: second!.version });
});

test('many at once lose no change', async () => {
  const store = await serverStore();
  const add = async () => {
    const mine = kept(store);
    for (;;) {
      const before = await mine.read('n');
      if (await mine.write('n', Number(before?.value ?? 0) + 1, before)) return;
    }
  };
  await Promise.all(Array.from({ length: 12 }, add));
  expect(await kept(store).read('n')).toMatchObject({ value: 12 });
});
