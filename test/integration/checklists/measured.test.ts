import { expect, it } from 'vitest';
import { checklistsOf } from '../../../src/checklists-room.ts';
import type { Health } from '../../../src/health/health.ts';
import { asker, checklistRoom, morning } from '../../support/checklists.ts';
import { checkOf, opsOf } from '../../support/checks.ts';
import { checkReport, healthReport } from '../../support/reports.ts';
import { embeddedStore } from '../../support/store.ts';

const hour = 3_600_000;

it.each([
  ['is measured on demand and was not measured now is not known', 60_000, 'open', 'it was not measured now'],
  [
    'is measured once a day ticks with its last result, and its age',
    24 * hour,
    'done',
    'status 200 (measured 2 h ago)',
  ],
])('a check that %s', async (_, everyMs, state, words) => {
  const store = await embeddedStore();
  const room = await checklistRoom(store, { files: { morning } });
  const { definition } = checkOf(async () => ({ facts: {} }));
  const check = { ...checkOf(definition.run, { id: 'api' }), everyMs };
  const now = room.clock.now();
  const at = new Date(now.getTime() - 2 * hour);
  const health: Pick<Health, 'measure'> = {
    async *measure() {
      yield healthReport([checkReport('api', { at })], { started_at: now, pending: ['api'] });
      yield healthReport([checkReport('api', { at })], { started_at: now });
    },
  };
  const checklists = checklistsOf({ ...room.ports, ops: opsOf([check]), health });
  const { run } = await checklists.begin(asker, { name: 'morning' });
  const measured = await checklists.measure(run, new AbortController().signal);
  expect(measured.items[0]).toMatchObject({ state, result: { words } });
});
