import { expect, it } from 'vitest';
import { failuresIn } from '../../../src/health/failures.ts';
import { embeddedStore } from '../../support/store.ts';

it('both ends of the failures in a time are told, oldest first', async () => {
  const store = await embeddedStore();
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 3, minute));
  const changes: [number, string, string | null, string][] = [
    [0, 'api', 'ok', 'fail'],
    [5, 'site', 'ok', 'warn'],
    [6, 'new', null, 'fail'],
    [7, 'api', 'fail', 'ok'],
    [20, 'api', 'ok', 'fail'],
  ];
  for (const [minute, check, from, to] of changes)
    await store.pool.query(
      'insert into check_transition (check_id, at, from_outcome, to_outcome, reason) values ($1, $2, $3, $4, $5)',
      [check, at(minute), from, to, ''],
    );
  expect(await failuresIn(store, at(0), at(10))).toEqual([
    { at: at(0), check: 'api', from: 'ok', to: 'fail' },
    { at: at(6), check: 'new', from: undefined, to: 'fail' },
    { at: at(7), check: 'api', from: 'fail', to: 'ok' },
  ]);
});
