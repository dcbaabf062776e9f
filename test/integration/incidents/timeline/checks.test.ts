import { beforeAll, expect, it } from 'vitest';
import type { CheckEvent } from '../../../../src/incidents/timeline/checks.ts';
import type { Store } from '../../../../src/store/store.ts';
import { asker, roomOf } from '../../../support/incidents.ts';
import { embeddedStore } from '../../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

it('changes of checks come into the open incidents that they belong to, once', async () => {
  const checks = [
    { id: 'api', group: 'web', dependsOn: [] },
    { id: 'ivr', group: 'calls', dependsOn: ['api'] },
  ];
  const room = await roomOf(store, { checks });
  const origin = { kind: 'check' as const, id: 'api', outcome: 'fail', reason: '503' };
  await room.incidents.declare(asker, { key: 'k1', severity: 'P0', title: 'API is down', origin });
  await room.incidents.declare(asker, { key: 'k2', severity: 'P0', title: 'over', origin });
  await room.incidents.declare(asker, { key: 'k3', severity: 'P0', title: 'something else' });
  await room.incidents.resolve(asker, { id: 2, words: '' });
  const at = room.clock.now();
  const change = (checkId: string, group: string, event: string, outcome: string): CheckEvent => {
    return { checkId, group, event, at, before: 'ok', report: { outcome, reason: 'password=hunter2 503\0' } };
  };
  const events = [
    change('api', 'web', 'standing', 'fail'),
    change('ivr', 'calls', 'opened', 'fail'),
    change('api', 'web', 'closed', 'ok'),
    change('other', 'else', 'opened', 'fail'),
  ];
  for (let n = 0; n < 2; n += 1) await store.transaction((tx) => room.incidents.timeline.take(tx, events));
  const written = async (id: number) =>
    (await room.incidents.show(id)).events.flatMap(({ kind, words }) => (kind === 'check' ? [words] : []));
  expect(await written(1)).toEqual([expect.stringMatching(/^ivr FAIL: .* 503$/), 'api OK']);
  expect((await written(1)).join()).not.toContain('hunter2');
  expect([await written(2), await written(3)]).toEqual([[], []]);
});
