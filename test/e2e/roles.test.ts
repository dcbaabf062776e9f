import { request } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { makeHome, rounds, startBotProcess } from '../support/bot.ts';
import { socketMode } from '../support/slack-bot.ts';

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

const denial = `This takes the role approver, which ${me} doesn't have: add "os:${me}" under roles.approver`;

it('a terminal without a bot has the roles of its user, and no others', async () => {
  const home = await makeHome(ops('{approver: ["os:somebody-else"]}'));
  const denied = await rounds(home, ['audit']);
  expect([denied.code, denied.stdout, denied.stderr]).toEqual([3, '', expect.stringContaining(denial)]);
  await home.remove();
  const given = await makeHome(ops(`{admin: ["os:${me}"]}`));
  expect((await rounds(given, ['audit'])).stderr).not.toContain('takes the role');
  await given.remove();
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
