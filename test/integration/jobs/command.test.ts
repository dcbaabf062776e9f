import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import command from '../../../commands/jobs.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import { createDeadJobs, type DeadJobs } from '../../../src/dead-jobs.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply, Role } from '../../../src/kernel/command.ts';
import { PortError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { jobsOf, numbered, type OpenedJobs } from '../../support/jobs.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const send = numbered('test.send');
const other = numbered('test.other');
const style = { colour: false, width: 80, zone: 'UTC' };
let store: Store;
let jobs: OpenedJobs;
let broken = true;

beforeAll(async () => {
  store = await embeddedStore();
  jobs = await jobsOf(store);
  for (const kind of [send, other]) {
    jobs.handle(kind, async () => {
      if (broken)
        throw new PortError('not_in_channel', 'the bot is not in <!channel> \x1b[31m#ops', { retryable: false });
    });
  }
  await jobs.start();
  for (const n of [1, 2]) await jobs.add(send, { n });
  await jobs.add(other, { n: 3 });
  await eventually(async () => expect(await jobs.dead(10)).toHaveLength(3));
});
afterAll(async () => {
  await jobs.stop(0);
  await store.close();
});

function context(face: 'slack' | 'terminal', roles: Role[]): CommandContext<{ deadJobs: DeadJobs }> {
  const actor = { id: 'slack:U1', name: 'anna', mention: '<@U1>' };
  const access = {
    decide: async (_: unknown, role: Role) =>
      roles.includes(role)
        ? ({ kind: 'allowed' } as const)
        : ({ kind: 'denied', why: 'role', message: `only ${role}s` } as const),
  };
  return {
    services: { deadJobs: createDeadJobs({ store, clock: store.time, jobs }) },
    ...{ actor, face, request: 'ABC123', clock: store.time, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf(access, actor),
  };
}

const typed = async (
  args: string[],
  { roles = ['viewer'] as Role[], face = 'terminal' as 'slack' | 'terminal' } = {},
) => (await command.run(context(face, roles), args)) as Reply;

/** Who put what back, as the audit says it. */
async function audited(): Promise<unknown[]> {
  const { rows } = await createAudit({ store, clock: store.time }).search({ limit: 10 });
  return rows.map(({ recorded }) => recorded);
}

test('lists what was given up, for viewers: inert in Slack, harmless in a terminal', async () => {
  const inTerminal = (await typed([])).terminal(style);
  expect(inTerminal).toContain('3 dead jobs');
  expect(inTerminal).toContain('✗ test.other not_in_channel, 1 try,');
  expect(inTerminal).not.toContain('\x1b');
  const reply = await typed([], { face: 'slack' });
  expect(reply).toMatchObject({ place: 'asker', exitCode: 1 });
  const post = JSON.stringify(reply.slack());
  expect(post).not.toContain('<!channel>');
  expect(post.match(/"jobs.replay"/g)).toHaveLength(3);
});

test("how long ago is by the queue's clock, also when that of a try-out was moved", async () => {
  const ctx = { ...context('terminal', ['viewer']), clock: { now: () => new Date(Date.now() + 8 * 3_600_000) } };
  expect(((await command.run(ctx, [])) as Reply).terminal(style)).not.toContain('8 h ago');
});

test('viewers put nothing back', async () => {
  const [dead] = await jobs.dead(1);
  await expect(typed(['replay', dead!.id])).rejects.toMatchObject({ code: 'forbidden' });
  const pressed = command.buttons!.replay!;
  expect(pressed.role).toBe('operator');
  await expect(pressed.run(context('slack', ['viewer']), dead!.id)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await jobs.dead(10)).toHaveLength(3);
});

test.each([
  [['replay'], 'Which one? Its id or its kind'],
  [['replay', 'a', 'b'], 'Which one? Its id or its kind'],
  [['bury'], 'Jobs can\'t be "bury"'],
  [['replay', 'nothing'], 'There is no dead job nothing'],
])('%j is refused', async (args, message) => {
  await expect(typed(args, { roles: ['operator'] })).rejects.toMatchObject({ message });
});

test('an operator puts one back, then all of a kind; each is audited', async () => {
  broken = false;
  const dead = (await jobs.dead(10)).find(({ kind }) => kind === 'test.other')!;
  const reply = (await command.buttons!.replay!.run(context('slack', ['operator']), dead.id)) as Reply;
  expect(reply.place).toBe('source');
  expect(reply.slack().text).toBe('Put back: 1 × test.other · 2 dead jobs');
  const rest = await typed(['replay', 'test.send'], { roles: ['operator'] });
  expect(rest.terminal(style)).toBe('Put back: 2 × test.send · No dead jobs');
  expect(rest.json?.()).toMatchObject({ total: 0, dead: [], replayed: [{ kind: 'test.send' }, { kind: 'test.send' }] });
  await eventually(() => expect(jobs.told.filter(({ outcome }) => outcome === 'done')).toHaveLength(3));
  const said = await audited();
  expect(said).toHaveLength(3);
  expect(said.at(-1)).toMatchObject({
    actor: 'slack:U1',
    action: 'job.replay',
    target: `job/${dead.id}`,
    before: { kind: 'test.other', reason: 'not_in_channel', attempts: 1 },
    request: 'ABC123',
  });
  await expect(typed(['replay', dead.id], { roles: ['operator'] })).rejects.toMatchObject({ code: 'not_found' });
});

describe('all of a kind', () => {
  beforeAll(async () => {
    broken = true;
    for (const n of [10, 11, 12]) await jobs.add(send, { n });
    await eventually(async () => expect(await jobs.dead(10, 'test.send')).toHaveLength(3));
  });

  test('what could be put back is told when the rest could not', async () => {
    const real = context('terminal', ['operator']);
    const { deadJobs } = real.services;
    const [first, second] = await deadJobs.ofKind('test.send', 10);
    const replay: DeadJobs['replay'] = async (asker, id) => {
      if (id === second!.id) throw new Error('the database is away');
      return deadJobs.replay(asker, id);
    };
    const log = memoryLog();
    const ctx = { ...real, log, services: { deadJobs: { ...deadJobs, replay } } };
    await expect(command.run(ctx, ['replay', 'test.send'])).rejects.toMatchObject({
      code: 'unavailable',
      message: `Only 1 of 3 test.send were put back (${first!.id}). At ${second!.id}: something went wrong (ref ABC123)`,
      hint: 'those stay put back; `jobs replay test.send` goes on with the rest',
    });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { replayed: [first!.id], failed: second!.id } }]);
    await eventually(async () => expect(await jobs.dead(10, 'test.send')).toHaveLength(3));
  });

  test('is found behind a hundred newer ones of another', async () => {
    await store.pool.query(`
      insert into pgboss.job (id, name, data, group_id, created_on)
      select gen_random_uuid(), name, data, 'test.many', now() + interval '1 hour'
      from (select name, data from pgboss.job where group_id = 'test.send' and state = 'created' limit 1) one,
        generate_series(1, 120)`);
    expect((await jobs.dead(100)).every(({ kind }) => kind === 'test.many')).toBe(true);
    broken = false;
    const reply = await typed(['replay', 'test.send'], { roles: ['operator'] });
    expect(reply.slack().text).toBe('Put back: 3 × test.send · 120 dead jobs');
    expect(await jobs.dead(10, 'test.send')).toEqual([]);
  });
});
