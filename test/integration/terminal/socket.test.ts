import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TerminalRequest } from '../../../src/terminal/parse.ts';
import { askRunningBot, listenForTerminals, socketPath } from '../../../src/terminal/socket.ts';

const never = new AbortController().signal;
const question: TerminalRequest = {
  command: 'health',
  args: ['api'],
  user: 'anna',
  colour: false,
  width: 80,
  json: true,
};
let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'rounds-')), 'data', 'nested');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the terminal socket', () => {
  it('answers the owner, and nobody else may open it', async () => {
    const seen: TerminalRequest[] = [];
    const close = await listenForTerminals(dir, async (request) => {
      seen.push(request);
      return { text: 'all well', exitCode: 0 };
    });
    expect((await stat(socketPath(dir))).mode & 0o777).toBe(0o600);
    expect(await askRunningBot(dir, question, never)).toEqual({ text: 'all well', exitCode: 0 });
    expect(seen).toEqual([question]);
    await close();
  });

  it('says that no bot runs: no socket, or one that a killed bot left behind', async () => {
    expect(await askRunningBot(dir, question, never)).toBeUndefined();
    await mkdir(dir, { recursive: true });
    const left = `require('node:net').createServer().listen(${JSON.stringify(socketPath(dir))}, () => process.kill(process.pid, 'SIGKILL'))`;
    const child = spawn(process.execPath, ['-e', left]);
    await new Promise((resolve) => child.on('exit', resolve));
    expect((await stat(socketPath(dir))).isSocket()).toBe(true);
    expect(await askRunningBot(dir, question, never)).toBeUndefined();
  });

  it('takes over a socket that was left behind', async () => {
    const first = await listenForTerminals(dir, async () => ({ text: 'first', exitCode: 0 }));
    await first();
    const second = await listenForTerminals(dir, async () => ({ text: 'second', exitCode: 0 }));
    expect(await askRunningBot(dir, question, never)).toMatchObject({ text: 'second' });
    await second();
  });

  it('tells the command when the person gives up', async () => {
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const close = await listenForTerminals(dir, async (_request, signal) => {
      started.resolve();
      signal.addEventListener('abort', () => stopped.resolve());
      await stopped.promise;
      return { exitCode: 3 };
    });
    const gaveUp = new AbortController();
    const asked = askRunningBot(dir, question, gaveUp.signal);
    await started.promise;
    gaveUp.abort();
    await expect(asked).rejects.toThrow();
    await stopped.promise;
    await close();
  });
});
