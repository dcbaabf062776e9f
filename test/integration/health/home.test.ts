import { expect, onTestFinished, test } from 'vitest';
import health from '../../../commands/health.ts';
import type { Check, Group } from '../../../src/config/model.ts';
import healthSection from '../../../src/home/health.ts';
import type { Access } from '../../../src/kernel/access.ts';
import type { Role } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { opsOf } from '../../support/checks.ts';
import { all, every, healthOf, service, unhurried } from '../../support/health.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { shownText } from '../../support/slack-bot.ts';

const minute = 60_000;

/** Everybody may look; Anna has the roles of the test. */
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

async function botWith(checks: Check[], { roles = ['responder'] as Role[], groups = [] as Group[] } = {}) {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const over = { groups: new Map(groups.map((group) => [group.id, group])) };
  const { health: feature, clock, store } = await healthOf(checks, over);
  const { botToken, appToken, apiUrl } = workspace;
  const bot = await connectSlack<Services>({
    slack: { kind: 'socket', botToken, appToken, apiUrl },
    commands: [health],
    home: { sections: [healthSection], timing: { everyMs: 50 } },
    services: { ops: opsOf(checks, over), health: feature } as Services,
    store,
    clock,
    log: memoryLog(),
    access: () => accessOf(workspace, roles),
    onFatal: () => {},
    graceMs: 200,
  });
  onTestFinished(() => bot.stop());
  await bot.start();
  const home = (user: string, text: string) =>
    workspace.waitFor(
      () => {
        const view = workspace.home(user);
        return view && shownText(view).includes(text) ? view : undefined;
      },
      { what: `the home of ${user} with "${text}"` },
    );
  const dialog = (user: string, text: string) =>
    workspace.waitFor(() => workspace.views(user).findLast((view) => shownText(view).includes(text)), {
      what: `a dialog of ${user} with "${text}"`,
    });
  return { workspace, feature, clock, store, bot, home, dialog };
}

/** Text of the page, line by line. */
const linesOf = (view: { blocks: unknown }) => shownText(view).split('\n');

test('the verdict, what is mine, then the groups, worst first, each with its strip', async () => {
  const web = service('web', { group: 'front', owner: '@ben', hint: 'restart it' });
  const db = service('db', { group: 'data', owner: '@ops-team' });
  const api = service('api', { group: 'api' });
  const checks = [web.check, db.check, api.check];
  const { workspace, feature, home } = await botWith(checks, { groups: [{ id: 'data', owner: '@ops-team' }] });
  workspace.addGroup('ops-team', ['anna']);
  db.state.status = 503;
  await every(feature.measure({ scope: all, signal: unhurried }));
  await workspace.user('anna').openHome();
  const lines = linesOf(await home('anna', '1 fail'));
  expect(lines[0]).toBe('🔴 *1 fail · 2 ok*');
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  expect(lines[at('Yours') + 1]).toMatch(/^🔴 \*FAIL db\*: .*since/);
  expect(lines[at('*data*')]).toMatch(/^🔴 \*data\* · 1 fail · @⁠?ops-team · `[·]{23}✕`$/);
  expect(at('*data*')).toBeLessThan(at('*api*'));
  expect(lines[at('*api*')]).toMatch(/^🟢 \*api\* · 1 ok · `[·]{23}▪`$/);
  await workspace.user('ben').openHome();
  const bens = linesOf(await home('ben', '1 ok: web'));
  expect(bens[bens.indexOf('Yours') + 1]).toBe('1 ok: web');
  await workspace.user('cara').openHome();
  await home('cara', 'No check is yours: `owner:` in ops.yml names people and user groups.');
});

test('what Slack does not tell of some groups takes away nothing that is known, and it is not asked on', async () => {
  const owners = ['@anna', '@one', '@two', '@three'];
  const checks = owners.map((owner, at) => service(`c${at}`, { group: 'front', owner }).check);
  const { workspace, feature, home } = await botWith(checks);
  for (const name of ['one', 'two', 'three']) workspace.addGroup(name, ['anna']);
  await every(feature.measure({ scope: all, signal: unhurried }));
  workspace.fault('usergroups.users.list', { kind: 'ratelimited', retryAfterSeconds: 60 });
  await workspace.user('anna').openHome();
  const lines = linesOf(await home('anna', 'Yours'));
  const yours = lines.slice(lines.indexOf('Yours') + 1);
  expect(yours[0]).toBe('1 ok: c0');
  expect(yours[1]).toContain(
    "More checks may be yours. That can't be told now: Slack asks usergroups.users.list to wait",
  );
  expect(workspace.traffic.filter(({ method }) => method === 'usergroups.users.list')).toHaveLength(1);
});

test('details in a dialog, measured again there; muted from the page, which is published again with the way back', async () => {
  const web = service('web', { group: 'front', owner: '@anna' });
  web.state.status = 503;
  const { workspace, feature, home, dialog } = await botWith([web.check]);
  await every(feature.measure({ scope: all, signal: unhurried }));
  const [anna, ben] = [workspace.user('anna'), workspace.user('ben')];
  await anna.openHome();
  const page = await home('anna', 'FAIL web');
  await anna.click(page, 'health.details');
  const details = await dialog('anna', '*Facts*');
  // A dialog shows no pictures: no menu that would promise one.
  expect(shownText(details)).toContain('For a chart type `/ops health front/web --chart 7d` in a channel.');
  expect(JSON.stringify(details.blocks)).not.toContain('health.chart');
  web.state.status = 500;
  await anna.click(details, 'health.recheck');
  await dialog('anna', 'status: 500');
  expect(workspace.views('anna')).toHaveLength(1);
  await anna.dismiss();
  await anna.click(page, 'health.mute1h');
  await dialog('anna', 'web is muted until');
  const muted = await home('anna', 'You muted check web');
  await anna.dismiss();
  await anna.click(muted, 'health.unmute');
  await dialog('anna', 'was ended by');
  await home('anna', 'FAIL web');
  await ben.openHome();
  expect(JSON.stringify(await home('ben', 'FAIL web'))).not.toContain('health.mute');
});

test('run again measures, and the page shows what was measured', async () => {
  const web = service('web', { group: 'front' });
  const { workspace, home } = await botWith([web.check]);
  await workspace.user('anna').openHome();
  const page = await home('anna', '1 check, none measured yet');
  expect(web.state.runs).toBe(0);
  web.state.status = 503;
  await workspace.user('anna').click(page, 'health.again');
  await home('anna', '🔴 *1 fail*');
  expect(web.state.runs).toBe(1);
});

test('the page follows what was measured while somebody looks', async () => {
  const web = service('web', { group: 'front' });
  const { workspace, feature, home, bot } = await botWith([web.check]);
  await every(feature.measure({ scope: all, signal: unhurried }));
  await workspace.user('anna').openHome();
  await home('anna', '🟢 *1 ok*');
  web.state.status = 503;
  await every(feature.measure({ scope: all, signal: unhurried }));
  bot.homeChanged();
  await home('anna', '🔴 *1 fail*');
});

test('without the database the last known is shown, and that it is away', async () => {
  const web = service('web', { group: 'front' });
  web.state.status = 503;
  const { workspace, feature, home, store } = await botWith([web.check]);
  await every(feature.measure({ scope: all, signal: unhurried }));
  await feature.board();
  await store.pool.query('alter table check_state rename to away');
  await store.pool.query('alter table check_result rename to away_too');
  onTestFinished(async () => {
    await store.pool.query('alter table away rename to check_state');
    await store.pool.query('alter table away_too rename to check_result');
  });
  await workspace.user('anna').openHome();
  const text = shownText(await home('anna', 'FAIL web'));
  expect(text).toContain('last results not read');
  expect(text).toContain('✕');
});

test('200 checks fit, and what is left out is counted', async () => {
  const services = Array.from({ length: 200 }, (_, n) =>
    service(`check-${String(n).padStart(3, '0')}`, { group: `group-${n % 40}`, owner: n % 2 ? '@anna' : '@ben' }),
  );
  for (const [n, { state }] of services.entries()) if (n % 3) state.status = 503;
  const { workspace, feature, home } = await botWith(services.map(({ check }) => check));
  await every(feature.measure({ scope: all, signal: unhurried }));
  await workspace.user('anna').openHome();
  const view = await home('anna', '133 fail · 67 ok');
  expect(view.blocks.length).toBeLessThanOrEqual(100);
  const text = shownText(view);
  const groups = new Set(text.match(/\*group-\d+\*/g));
  expect(text).toContain('more of yours: `/ops health`');
  expect(text).toContain(`… and ${40 - groups.size} more groups (`);
  expect(text).not.toMatch(/^… and \d+ more$/m);
});

test('strips are read once, then only what is new; a check that was measured worse in an hour shows the worst', async () => {
  const web = service('web', { group: 'front' });
  const { feature, clock } = await botWith([web.check]);
  const strip = async () => (await feature.board()).strips.get('web')?.filter((outcome) => outcome !== null);
  await every(feature.measure({ scope: all, signal: unhurried }));
  expect(await strip()).toEqual(['ok']);
  web.state.status = 503;
  clock.move(10 * minute);
  await every(feature.measure({ scope: all, signal: unhurried }));
  web.state.status = 200;
  clock.move(10 * minute);
  await every(feature.measure({ scope: all, signal: unhurried }));
  expect(await strip()).toEqual(['fail']);
  clock.move(30 * minute);
  await every(feature.measure({ scope: all, signal: unhurried }));
  expect(await strip()).toEqual(['fail', 'ok']);
  clock.move(23 * 60 * minute);
  expect(await strip()).toEqual(['fail', 'ok']);
  clock.move(60 * minute);
  expect(await strip()).toEqual([]);
});
