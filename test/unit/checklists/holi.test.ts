import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openChecklistFiles } from '../../../src/checklist-files.ts';
import { checksFor } from '../../../src/checklists/automatic.ts';
import { effortLeft } from '../../../src/checklists/minutes.ts';
import { isLeft, rounds } from '../../../src/checklists/model.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { loadOps } from '../../../src/config/load.ts';
import { checkTypes, root } from '../../../src/registry.ts';
import { runItem, runOf } from '../../support/checklist-runs.ts';
import { noon } from '../../support/reports.ts';

/** Holi's manual gives 15 minutes to the five steps: what its checks know is not a person's any more. */
it('of the 15 minutes of Holi’s morning 2.5 are left for people, when all is well', async () => {
  const file = join(root, 'examples', 'holi', 'ops.yml');
  const ops = await loadOps(file, { checkTypes: await checkTypes(), compile: compileCondition, env: {} });
  const { checklist } = (await openChecklistFiles({ dir: dirname(file), checks: ops.checks })).all().get('morning')!;
  const items = checklist.items.map((item, at) => {
    const knows = checksFor(item, ops.checks).length > 0;
    return runItem(at + 1, { item, ...(knows && { state: 'done', by: rounds, at: noon }) });
  });
  const run = runOf(items, { plan: checklist });
  expect(items.filter(({ state }) => state === 'open').map(({ item }) => item.id)).toEqual(['user-reports', 'trends']);
  expect(new Set(checklist.items.map(({ section }) => section)).size).toBe(5);
  expect(effortLeft(run.plan, run.items, isLeft)).toEqual({ leftMs: 150_000, wholeMs: 900_000 });
});
