import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { loadOps } from '../../../src/config/load.ts';
import { checkTypes, root } from '../../../src/registry.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { botOf, workspaceOf } from '../slack/setup.ts';

it('the people of the try-out can look and react with the ops.yml that comes with it, and its guest can not', async () => {
  const { roles } = await loadOps(join(root, 'ops.yml'), {
    checkTypes: await checkTypes(),
    compile: compileCondition,
    env: {},
  });
  const workspace = await workspaceOf();
  const { access } = await botOf(workspace, 'http', {
    access: (directory) => createAccess({ roles, directory, log: memoryLog() }),
  });
  const may = async (user: string, role: 'viewer' | 'responder' | 'operator') =>
    (await access.decide({ id: `slack:${workspace.user(user).id}` }, role)).kind;
  expect([await may('anna', 'viewer'), await may('anna', 'responder'), await may('anna', 'operator')]).toEqual(
    Array(3).fill('allowed'),
  );
  expect([await may('ben', 'responder'), await may('ben', 'operator')]).toEqual(['allowed', 'denied']);
  expect([await may('cara', 'viewer'), await may('rounds', 'viewer')]).toEqual(['denied', 'denied']);
});
