import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { root } from '../../src/registry.ts';
import { listenOn } from '../support/listen.ts';

/** Files of the page by their path: a sentence that ends with the path in backticks, then the code. */
async function filesOnPage(): Promise<Map<string, string>> {
  const page = await readFile(join(root, 'docs', 'writing.md'), 'utf8');
  const found = page.matchAll(/`([^`\s]+\.(?:ts|md|yml))`:\n\n```\w+\n([\s\S]*?)\n```\n/g);
  return new Map([...found].map(([, path = '', text = '']) => [path, `${text}\n`]));
}

const files = await filesOnPage();
const tests = [...files.keys()].filter((path) => path.endsWith('.test.ts'));
const code = [...files.keys()].filter((path) => path.endsWith('.ts'));

/** A copy of the repository with the files of the page in their places. */
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'rounds-writing-'));
  const parts = ['bin', 'src', 'commands', 'templates', 'test/support', 'package.json', 'tsconfig.json', 'biome.json'];
  for (const part of [...parts, 'vitest.config.ts'])
    await cp(join(root, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [path, text] of files) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), text);
  }
  await writeFile(join(copy, '.gitignore'), 'node_modules\n');
});
afterAll(() => rm(copy, { recursive: true, force: true, maxRetries: 3 }));

/** Runs a program of the copy with nothing of this process's settings. */
async function run(...[program = '', ...args]: string[]): Promise<{ code: number | null; text: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: join(copy, 'data'), NO_COLOR: '1' };
  const child = spawn(process.execPath, [join(copy, program), ...args], { cwd: copy, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}
const rounds = (...args: string[]) => run('bin/rounds.mjs', ...args);

it('the page has a check, a command, a runbook and a section of reports, each with what belongs to it', () => {
  expect([...files.keys()]).toEqual([
    'src/checks/redis-memory.ts',
    'test/integration/checks/redis-memory.test.ts',
    'commands/owners.ts',
    'test/unit/commands/owners.test.ts',
    'templates/runbooks/redis-full.md',
    'ops.yml',
    'src/reports/sections/slowest.ts',
    'test/unit/reports/sections/slowest.test.ts',
    'templates/reports/speed.yml',
  ]);
});

it('its code has the types and the style of the house', async () => {
  expect(await run('node_modules/typescript/bin/tsc', '--noEmit')).toEqual({ code: 0, text: '' });
  const styled = await run('node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...code);
  expect(styled).toMatchObject({ code: 0 });
}, 120_000);

it('its tests pass', async () => {
  const ran = await run('node_modules/vitest/vitest.mjs', 'run', ...tests);
  expect(ran).toMatchObject({ code: 0, text: expect.stringMatching(/Tests {2}11 passed/) });
}, 120_000);

it('the check is discovered, described, configured and measured', async () => {
  expect((await rounds('checks', 'redis-memory')).text).toContain('How much of the memory');
  expect((await rounds('checks', '--markdown')).text).toContain('## redis-memory');
  const checked = await rounds('check-config', 'ops.yml');
  expect(checked).toMatchObject({ code: 0 });
  expect(checked.text).not.toContain('redis-full');

  const redis = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.end('$40\r\nused_memory:97\r\nmaxmemory:100\r\n\r\n+OK\r\n'));
  });
  const port = await listenOn(redis);
  onTestFinished(() => void redis.close());
  const ops = files.get('ops.yml')!.replace('6379', String(port));
  await writeFile(join(copy, 'ops.yml'), ops);
  const measured = await rounds('health', 'sessions');
  expect(measured).toMatchObject({
    code: 2,
    text: expect.stringMatching(/FAIL +sessions +used_pct 97 % \(limit 95 %\)/),
  });
  expect(measured.text).toContain('runbook redis-full');
}, 60_000);

it('the command is typed', async () => {
  expect(await rounds('owners')).toMatchObject({ code: 0, text: '@dba: sessions\n' });
  expect((await rounds('help', '--markdown')).text).toContain('## owners');
}, 60_000);

it('the section is discovered, described and told by its report', async () => {
  expect((await rounds('check-config', '--markdown')).text).toContain('### sections: slowest');
  expect((await rounds('check-config', 'ops.yml')).text).toMatch(/^reports: good — .*\bspeed\b/m);
  const made = await rounds('report', 'speed', '--csv');
  expect(made.text).toContain('How long checks took,sessions,');
}, 60_000);
