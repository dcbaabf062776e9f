import { expect, it, onTestFinished } from 'vitest';
import { makeHome, rounds, startBotProcess } from '../support/bot.ts';
import { token } from '../support/heartbeats.ts';

const opsYml = `
checks:
  - { id: backup, heartbeat: { token: { secret: BACKUP_TOKEN }, every: 24h, grace: 1h, message: true } }
`;

it('a job reports to the bot, over a kill and a start: health, in the terminal, is what it reported', async () => {
  const home = await makeHome(opsYml, { WORKSPACE_PORT: '0', DEMO_PORT: '0', BACKUP_TOKEN: token });
  onTestFinished(() => home.remove());
  const health = async () => {
    const { stdout } = await rounds(home, ['health', '--json']);
    const [{ outcome, reason }] = JSON.parse(stdout).checks;
    return `${outcome}: ${reason}`;
  };
  let bot = await startBotProcess(home);
  onTestFinished(async () => void (await bot.stop()));
  const { log } = bot;
  const port = () => Number(bot.log.find(({ msg }) => msg === 'listening')?.port);
  const beat = async (path: string, body = '') => {
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${port()}/hooks/heartbeat/${path}`;
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  expect(await health()).toMatch(/^unknown: not yet: nothing was reported since .* a first success is due by/);
  expect([await beat('other'), await beat('backup/start')]).toEqual([401, 200]);
  await bot.kill();
  bot = await startBotProcess(home);
  expect(await beat('backup')).toBe(200);
  expect(await health()).toMatch(/^ok: last success \d.* ago; the next is due by/);
  expect(await beat('backup?exit=3', `no space; the token was ${token}`)).toBe(200);
  expect(await health()).toMatch(/^fail: the last run failed: .*, exit code 3, no space; the token was \*\*\*/);
  expect(JSON.stringify([log, bot.log])).not.toContain(token);
});

it('check-config shows the line that makes the job report, and whose token is missing', async () => {
  const home = await makeHome(opsYml);
  onTestFinished(() => home.remove());
  const { code, stdout } = await rounds(home, ['check-config']);
  expect(code).toBe(0);
  expect(stdout).toContain('  BACKUP_TOKEN (or BACKUP_TOKEN_FILE): backup');
  expect(stdout).toContain(
    'heartbeat backup: its job reports with: curl -fsS -m 10 --retry 5 -X POST -H "Authorization: Bearer $BACKUP_TOKEN" https://YOUR-HOST/hooks/heartbeat/backup',
  );
});
