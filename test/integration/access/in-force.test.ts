import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { withinRolesInForce } from '../../../src/access/in-force.ts';
import type { Roles } from '../../../src/access/roles.ts';
import { putInForce, rolesInForce } from '../../../src/roles-in-force.ts';
import type { Store } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const anna = { id: 'os:anna' };

describe.each([
  ['embedded', embeddedStore],
  ['server', serverStore],
])('on a %s database', (_, open) => {
  let store: Store;
  let log: ReturnType<typeof memoryLog>;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    log = memoryLog();
    await store.pool.query('delete from roles_in_force');
  });

  const terminalWith = (roles: Roles, read = () => rolesInForce(store)) =>
    withinRolesInForce(createAccess({ roles, log }), { roles, file: '/home/anna/ops.yml' }, { read, log });
  const inForce = (roles: Roles) => putInForce(store, { roles, file: '/srv/ops.yml' }, now);

  it('the file counts where no bot ever ran', async () => {
    expect(await terminalWith({ operator: ['os:anna'] }).decide(anna, 'operator')).toEqual({ kind: 'allowed' });
  });

  it('the same roles are the same in any order', async () => {
    await inForce({ operator: ['os:anna', '@platform'], admin: ['U012ABCDEF'] });
    const access = terminalWith({ admin: ['U012ABCDEF'], operator: ['@platform', 'os:anna'] });
    expect(await access.decide(anna, 'operator')).toEqual({ kind: 'allowed' });
    expect(await access.decide(anna, 'admin')).toMatchObject({ why: 'role' });
  });

  it('other roles are good for looking alone; the denial says which file, what differs and what to do', async () => {
    await inForce({ approver: ['@leads', 'os:ben'] });
    const access = terminalWith({ approver: ['@leads'], operator: ['os:anna'] });
    expect(await access.decide(anna, 'viewer')).toEqual({ kind: 'allowed' });
    expect(await access.decide(anna, 'operator')).toEqual({
      kind: 'denied',
      why: 'other_roles',
      message:
        "The roles in /home/anna/ops.yml aren't those of the bot (/srv/ops.yml): operator has os:anna here alone, approver has os:ben there alone. To do this, set OPS_CONFIG to the bot's file, or restart the bot with this one.",
    });
  });

  it('the bot that started last decides', async () => {
    await inForce({});
    expect(await terminalWith({ operator: ['os:anna'] }).decide(anna, 'operator')).toMatchObject({ kind: 'denied' });
    await inForce({ operator: ['os:anna'] });
    expect(await terminalWith({ operator: ['os:anna'] }).decide(anna, 'operator')).toEqual({ kind: 'allowed' });
  });

  it('roles in force that can not be read deny', async () => {
    const access = terminalWith({ operator: ['os:anna'] }, () => Promise.reject(new Error('away')));
    expect(await access.decide(anna, 'operator')).toMatchObject({ why: 'unverified' });
    expect(log.lines).toMatchObject([{ level: 'error' }]);
  });
});
