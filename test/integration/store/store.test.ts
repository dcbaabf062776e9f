import { describe, expect, test } from 'vitest';
import { embeddedStore, serverStore } from '../../support/store.ts';

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
] as const)('a store (%s)', (kind, open) => {
  test('answers with the time of its database', async () => {
    const store = await open();
    expect(store.kind).toBe(kind);
    expect(Math.abs((await store.ping()).getTime() - Date.now())).toBeLessThan(5_000);
    await store.close();
  });
});
