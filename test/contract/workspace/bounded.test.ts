import { describe, expect, it } from 'vitest';
import { append, remember } from '../../../src/workspace/bounded.ts';

describe('what the workspace remembers', () => {
  it('is the newest part of a list', () => {
    const list: number[] = [];
    for (let i = 0; i < 100; i += 1) append(list, i, 10);
    expect(list).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  });

  it('are the newest keys of a map, and a changed key stays', () => {
    const map = new Map<string, number>();
    for (const key of ['a', 'b', 'c']) remember(map, key, 1, 2);
    remember(map, 'b', 2, 2);
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 1],
    ]);
  });
});
