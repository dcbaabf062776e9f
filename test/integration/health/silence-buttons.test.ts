import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import health from '../../../commands/health.ts';
import maintenance from '../../../commands/maintenance.ts';
import type { Access } from '../../../src/kernel/access.ts';
import type { Role } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { opsOf } from '../../support/checks.ts';
import { healthOf, service } from '../../support/health.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

const minute = 60_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(async () => {
  await store.pool.query('truncate silence, check_state, check_result, check_transition');
});

/** Anna has the roles of the test, everybody else may look only. */
function accessOf(workspace: Workspace, roles: readonly Role[]): Access {
  const anna = `slack:${workspace.user('anna').id}`;
  return {
    decide: async ({ id }, role) =>
      role === 'viewer' || (id === anna && roles.includes(role))
        ? { kind: 'allowed' }
        : { kind: 'denied', why: 'role', message: `This takes the role ${role}` },
    holders: async () => [],
  };
}

/** A bot with one failing check in a local workspace. */
async function botWith(roles: readonly Role[]) {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const api = service('api', { group: 'front' });
  api.state.status = 503;
  const { health: feature, clock } = await healthOf([api.check], { store });
  const ops = opsOf([api.check]);
  const { botToken, appToken, apiUrl } = workspace;
  const bot = await connectSlack<Services>({
    slack: { kind: 'socket', botToken, appToken, apiUrl },
    commands: [health, maintenance],
    services: { ops, health: feature } as Services,
    store,
    clock,
    log: memoryLog(),
    access: () => accessOf(workspace, roles),
    onFatal: () => {},
    graceMs: 200,
  });
  onTestFinished(() => bot.stop());
  await bot.start();
  const posted = (text: string, channel = '#ops') =>
    workspace.waitFor(() => workspace.messages(channel).find((each) => shownText(each).includes(text)), {
      what: `"${text}"`,
    });
  const told = (user: string, text: string) =>
    workspace.waitFor(() => workspace.ephemerals(user).find((each) => JSON.stringify(each).includes(text)), {
      what: `"${text}" to ${user}`,
    });
  return { workspace, feature, clock, posted, told };
}

test('mute from the details, seen by everyone, and unmute from the answer', async () => {
  const { workspace, feature, posted, told } = await botWith(['responder']);
  const anna = workspace.user('anna');
  await anna.command('#ops', '/ops health api');
  const details = await workspace.waitFor(
    () => workspace.messages('#ops').find((each) => JSON.stringify(each.blocks).includes('health.mute1h')),
    { what: 'the details' },
  );
  await workspace.user('ben').click(details, 'health.mute1h');
  await told('ben', 'responder');
  expect(await feature.silences()).toEqual([]);
  await anna.click(details, 'health.mute1h');
  const answer = await posted('api is muted until');
  expect(answer.thread_ts).toBe(details.ts);
  await anna.click(details, 'health.mute1h');
  await posted('api is already muted until');
  await anna.click(answer, 'health.unmute');
  await posted('The mute of api was ended by');
  await anna.click(answer, 'health.unmute');
  await posted('The mute of api was ended already by');
  expect(await feature.silences()).toEqual([]);
});

test('maintenance begins and ends by those who may; its end by a button takes an operator, too', async () => {
  const { workspace, feature, posted, told } = await botWith(['responder', 'operator']);
  const [anna, ben] = [workspace.user('anna'), workspace.user('ben')];
  await ben.command('#ops', '/ops maintenance front 45m patches');
  await told('ben', 'operator');
  await anna.command('#ops', '/ops maintenance front 45m skip patches <!channel>');
  const begun = await posted('Maintenance of group front until');
  expect(shownText(begun)).toContain('(not measured)');
  expect(shownText(begun)).not.toContain('<!channel>');
  const [silence] = await feature.silences();
  expect(silence).toMatchObject({ mode: 'skip', kind: 'maintenance', target: { kind: 'group', id: 'front' } });
  await ben.command('#ops', '/ops maintenance');
  const list = await posted('1 in maintenance now');
  await ben.click(list, 'health.unmute.0');
  await workspace.waitFor(() => workspace.ephemerals('ben').length >= 2 || undefined, { what: 'the denial' });
  expect(await feature.silences()).toHaveLength(1);
  await anna.command('#ops', `/ops maintenance end ${silence!.id.toUpperCase()}`);
  await posted('Maintenance of front was ended by');
  expect(await feature.silences()).toEqual([]);
});

test('who may mute but not work on systems can end no maintenance', async () => {
  const { workspace, feature, told } = await botWith(['responder']);
  const target = { kind: 'check', id: 'api' } as const;
  const ben = { actor: { id: 'slack:U2', name: 'ben', mention: '' }, request: 'R' };
  const { id } = await feature.beginMaintenance(ben, { target, forMs: 45 * minute, mode: 'mute', reason: 'x' });
  await workspace.user('anna').command('#ops', `/ops maintenance end ${id}`);
  await told('anna', 'operator');
  expect(await feature.silences()).toHaveLength(1);
});

test('maintenance begins by a dialog: from a button, from the words, seen by everyone', async () => {
  const { workspace, feature, posted } = await botWith(['operator']);
  const anna = workspace.user('anna');
  const form = () => workspace.waitFor(() => workspace.views('anna')[0], { what: 'the dialog' });
  await anna.command('#ops', '/ops maintenance');
  await anna.click(await posted('No maintenance now'), 'maintenance.begin');
  const view = await form();
  expect(view).toMatchObject({ title: { text: 'Begin maintenance' }, submit: { text: 'Begin' } });
  const refused = await anna.submit(view, { target: 'group:front', reason: ' ' });
  expect(refused.errors?.reason).toBe('Say in a few words what is being done');
  await anna.submit(view, {
    target: 'group:front',
    length: String(30 * minute),
    mode: 'skip',
    reason: '<!channel> & patches',
  });
  const said = await posted('Maintenance of group front until');
  expect(shownText(said)).toContain('patches (not measured)');
  expect(shownText(said)).not.toContain('<!channel>');
  expect(shownText(await form())).toContain('Maintenance of group front until');
  const [silence] = await feature.silences();
  expect(silence).toMatchObject({ kind: 'maintenance', target: { kind: 'group', id: 'front' }, mode: 'skip' });
  expect(silence?.until.getTime()).toBe((silence?.from.getTime() ?? 0) + 30 * minute);
  await anna.dismiss();
  await anna.command('#ops', '/ops maintenance begin');
  await anna.submit(await form(), { target: 'check:api', reason: 'again' });
  await posted('Maintenance of check api until');
});

test('who may not begin maintenance reads why in place of the dialog; a mention is answered with the button', async () => {
  const { workspace, feature, posted } = await botWith(['responder']);
  await workspace.user('anna').command('#ops', '/ops maintenance begin');
  await workspace.waitFor(
    () => workspace.views('anna').some((view) => shownText(view).includes('takes the role operator')),
    {
      what: 'the denial',
    },
  );
  await workspace.user('anna').say('#ops', `<@${workspace.identity.botUser}> maintenance begin`);
  const answer = await posted('No maintenance now');
  expect(JSON.stringify(answer.blocks)).toContain('maintenance.begin');
  expect(await feature.silences()).toEqual([]);
});
