import { beforeAll, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { anna, asker, bens, checklistRoom, morning } from '../../support/checklists.ts';
import { serverStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await serverStore();
});

it('on a server, where transactions run at once: of many who tick one item one did it, and each other item has its own', async () => {
  const items = Array.from({ length: 12 }, (_, at) => `  - { id: i${at + 1}, title: Item ${at + 1} }`).join('\n');
  const room = await checklistRoom(store, { files: { morning: `title: Long\nitems:\n${items}\n` } });
  await room.begin();
  const tick = (who: typeof asker, n: number) => room.checklists.change(who, { id: 1, changes: [{ n, to: 'done' }] });
  const all = await Promise.all([
    ...Array.from({ length: 6 }, (_, at) =>
      tick({ by: { id: `slack:U${at}`, mention: `<@U${at}>` }, request: 'ABC123' }, 1),
    ),
    ...Array.from({ length: 5 }, (_, at) => tick(asker, at + 2)),
    ...Array.from({ length: 6 }, (_, at) => tick(bens, at + 7)),
  ]);
  const first = all.slice(0, 6).map(({ changed: [one] }) => one!);
  expect(first.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'taken', 'taken', 'taken', 'taken', 'taken']);
  const { state, items: ticked } = await room.run();
  expect(state).toBe('done');
  expect(ticked[0]?.by).toEqual(first.find(({ kind }) => kind === 'changed')?.item.by);
  expect(ticked.slice(1).map(({ by }) => by?.id)).toEqual([...Array(5).fill(anna.id), ...Array(6).fill(bens.by.id)]);
  const { rows } = await store.pool.query(
    "select count(*)::int as rows from audit_detail where action = 'checklist.tick'",
  );
  expect(rows).toEqual([{ rows: 12 }]);
});

it('two replicas that begin a slot at once begin one run', async () => {
  const room = await checklistRoom(store, { files: { morning } });
  const slot = room.clock.now();
  const begun = await Promise.all(
    Array.from({ length: 4 }, () => room.checklists.begin(asker, { name: 'morning', slot })),
  );
  expect(begun.map(({ kind }) => kind).toSorted()).toEqual(['begun', 'open', 'open', 'open']);
  expect(new Set(begun.map(({ run }) => run.id)).size).toBe(1);
  const demand = await Promise.all(Array.from({ length: 4 }, () => room.checklists.begin(asker, { name: 'morning' })));
  expect(demand.every(({ kind }) => kind === 'open')).toBe(true);
});
