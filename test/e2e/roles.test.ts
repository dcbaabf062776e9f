import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { type BotHome, makeHome, rounds, startBotProcess } from '../support/bot.ts';
import { socketMode } from '../support/slack-bot.ts';
import { sharedPostgres } from '../support/store.ts';

const me = userInfo().username;
const ops = (roles: string) =>
  `version: 1\nroles: ${roles}\nchecks: [{id: disk, every: 1h, tcp: {host: 127.0.0.1, port: 1}}]\n`;

/** Asks a bot over its socket as a client that gives itself a name. */
async function ask(dir: string, question: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: join(dir, 'data', 'rounds.sock'), path: '/', method: 'POST' }, (response) =>
      resolve(json(response)),
    );
    asking.on('error', reject);
    asking.end(JSON.stringify(question));
  });
}

/** What the audit says of denials, newest first. */
async function audited(home: BotHome, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const { code, stdout, stderr } = await rounds(home, ['audit', 'action:access', '--json'], env);
  expect([code, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as { rows: unknown }).rows;
}

const denial = `This takes the role approver, which ${me} doesn't have: add "os:${me}" under roles.approver`;

it('a terminal without a bot has the roles of its user, and no others', async () => {
  const home = await makeHome(ops('{approver: ["os:somebody-else"]}'));
  const denied = await rounds(home, ['audit']);
  expect([denied.code, denied.stdout, denied.stderr]).toEqual([3, '', expect.stringContaining(denial)]);
  await home.remove();
  const given = await makeHome(ops(`{admin: ["os:${me}"]}`));
  expect(await rounds(given, ['audit'])).toMatchObject({ code: 0, stderr: '' });
  await given.remove();
});

it('a denial at a terminal of its own stands in its log and in the audit, on a database server too', async () => {
  const DATABASE_URL = await (await sharedPostgres()).createDatabase();
  const home = await makeHome(ops('{approver: ["os:somebody-else"]}'));
  for (const env of [{}, { DATABASE_URL }]) {
    await writeFile(join(home.dir, 'ops.yml'), ops('{approver: ["os:somebody-else"]}'));
    const denied = await rounds(home, ['maintenance', 'disk', '7d', 'quiet'], env);
    expect([denied.code, denied.stdout]).toEqual([3, '']);
    expect(denied.stderr).toContain('"msg":"denied"');
    await writeFile(join(home.dir, 'ops.yml'), ops(`{approver: ["os:${me}"]}`));
    expect(await audited(home, env)).toMatchObject([
      {
        actor: `os:${me}`,
        action: 'access.denied',
        target: 'maintenance',
        after: { role: 'operator', why: 'role', words: 'disk 7d quiet' },
      },
    ]);
  }
  await home.remove();
});

it('a terminal with an ops.yml of its own has no role on the database of a bot', async () => {
  const DATABASE_URL = await (await sharedPostgres()).createDatabase();
  const home = await makeHome(ops(`{approver: ["os:${me}"]}`));
  const evil = await makeHome(ops(`{operator: ["os:${me}"]}`));
  const workspace = await startWorkspace();
  const bot = await startBotProcess(home, { ...socketMode(workspace), DATABASE_URL });
  try {
    const denied = await rounds(evil, ['maintenance', 'disk', '7d', 'quiet'], { DATABASE_URL });
    expect([denied.code, denied.stdout]).toEqual([3, '']);
    const [mine, theirs] = [join(evil.dir, 'ops.yml'), join(home.dir, 'ops.yml')];
    expect(denied.stderr).toContain(
      `The roles in ${mine} aren't those of the bot (${theirs}): operator has os:${me} here`,
    );
    expect((await rounds(evil, ['maintenance'], { DATABASE_URL })).stderr).toBe('');
    const after = { role: 'operator', why: 'other_roles', words: 'disk 7d quiet' };
    expect(await audited(home, { DATABASE_URL })).toMatchObject([{ actor: `os:${me}`, after }]);
  } finally {
    await bot.stop();
    await workspace.close();
    await Promise.all([home.remove(), evil.remove()]);
  }
});

it('what a guest tried in Slack is in the audit, also when the bot stops right after', async () => {
  const home = await makeHome(ops(`{approver: ["os:${me}"]}`));
  const workspace = await startWorkspace();
  const bot = await startBotProcess(home, socketMode(workspace));
  try {
    // The guest of the workspace.
    const cara = workspace.user('cara');
    await cara.command('#ops', '/ops maintenance disk 7d quiet');
    await cara.command('#ops', '/ops jobs replay alerts.deliver');
    await bot.logged(({ msg, command }) => msg === 'denied' && command === 'jobs');
    expect(await bot.stop()).toBe(0);
    expect(bot.log.filter(({ msg }) => msg === 'denied')).toHaveLength(2);
    expect(await audited(home)).toMatchObject([
      { actor: `slack:${cara.id}`, target: 'jobs', after: { why: 'guest', words: 'replay alerts.deliver' } },
      { actor: `slack:${cara.id}`, target: 'maintenance', after: { why: 'guest', words: 'disk 7d quiet' } },
    ]);
  } finally {
    await bot.stop();
    await workspace.close();
    await home.remove();
  }
});

it('a terminal beside a bot is the user the bot runs as, whatever name it gives; the denial is logged', async () => {
  const home = await makeHome(ops('{approver: ["os:somebody-else"]}'));
  const workspace = await startWorkspace();
  const bot = await startBotProcess(home, socketMode(workspace));
  try {
    expect(await rounds(home, ['health'])).toMatchObject({ stdout: expect.stringContaining('disk') });
    expect(await rounds(home, ['audit'])).toMatchObject({ code: 3, stderr: expect.stringContaining(denial) });
    const question = { command: 'audit', args: [], user: 'somebody-else', colour: false, width: 80, json: false };
    expect(await ask(home.dir, question)).toEqual({ problem: expect.stringContaining(denial), exitCode: 3 });
    const line = await bot.logged(({ msg }) => msg === 'denied');
    expect(line).toMatchObject({ command: 'audit', actor: `os:${me}`, role: 'approver', why: 'role' });
  } finally {
    await bot.stop();
    await workspace.close();
    await home.remove();
  }
});
