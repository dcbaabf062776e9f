import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { launch, makeHome, rounds } from '../support/bot.ts';

const closed = `
slack: { alerts: "#alerts" }
checks:
  - {id: port, every: 5s, timeout: 1s, attempts: 1, open_after: 1, tcp: {host: 127.0.0.1, port: 1}}
`;

it('Ctrl-C ends it with what came so far: 1, since something would have been announced', async () => {
  const home = await makeHome(closed, { SLACK_BOT_TOKEN: '', SLACK_API_URL: 'http://127.0.0.1:1' });
  const child = launch(home, ['shadow', '--json'], {});
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
    if (stderr.includes('port opened')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/port opened: fail \(connection refused\)\n$/)]);
  expect(JSON.parse(stdout)).toMatchObject({
    config: join(home.dir, 'ops.yml'),
    complete: false,
    alerts: [{ check: 'port', group: 'general', worst: 'fail', rule: '!reachable', closed_at: null }],
    posts: [{ channel: '#alerts', messages: 1, calls: 0, replies: 0 }],
  });
  // Nothing of the bot that may run here was opened.
  expect(existsSync(join(home.dir, 'data'))).toBe(false);
});

it('of a config where all is well it says so at its end, with 0', async () => {
  const home = await makeHome(closed);
  await mkdir(join(home.dir, 'checks'));
  await writeFile(join(home.dir, 'checks', 'fine'), '#!/bin/sh\necho fine\n');
  await chmod(join(home.dir, 'checks', 'fine'), 0o755);
  const config = join(home.dir, 'new.yml');
  await writeFile(
    config,
    'checks:\n  - {id: batch, every: 5s, timeout: 1s, attempts: 1, script: {run: [./checks/fine]}}\n',
  );
  const { code, stdout } = await rounds(home, ['shadow', '--for', '10s', '--config', config]);
  expect(stdout).toMatch(/^Shadow of \S+new\.yml: 10 s, .*; 1 check, [12] results?\. Nobody was told\.\nNothing would/);
  expect(code).toBe(0);
});

it.each([
  [['--for', '1s'], 'It can\'t run for "1s"\n→ --for takes 10s to 7d'],
  [['--for', 'soon'], 'It can\'t run for "soon"'],
  [['ops.yml'], 'shadow does not take "ops.yml"'],
  [['--config', 'nowhere.yml'], "the file can't be read (ENOENT)"],
])('%j is refused', async (args, problem) => {
  const { code, stdout, stderr } = await rounds(await makeHome(closed), ['shadow', ...args]);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain(problem);
});
