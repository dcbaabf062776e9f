import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TerminalRequest } from '../../../src/terminal/parse.ts';
import { askRunningBot, listenForTerminals, socketPath } from '../../../src/terminal/socket.ts';

const never = new AbortController().signal;
const question: TerminalRequest = {
  command: 'health',
  args: ['api'],
  colour: false,
  width: 80,
  json: true,
};
let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'rounds-')), 'data', 'nested');
});
afterEach(() => rm(join(dir, '../..'), { recursive: true, force: true }));

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

  it.each([
    ['nothing', ''],
    ['half a header', 'POST / HTTP/1.1\r\nhos'],
    ['half a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{"comm'],
  ])('survives a terminal that sends %s and leaves, and closes beside one that stays', async (_, sent) => {
    const close = await listenForTerminals(dir, async () => ({ text: 'all well', exitCode: 0 }));
    const [leaves, stays] = [connect(socketPath(dir)), connect(socketPath(dir))];
    for (const socket of [leaves, stays]) socket.on('error', () => socket.destroy());
    await Promise.all([once(leaves, 'connect'), once(stays, 'connect')]);
    for (const socket of [leaves, stays]) socket.write(sent);
    expect(await askRunningBot(dir, question, never)).toMatchObject({ text: 'all well' });
    leaves.destroy();
    expect(await askRunningBot(dir, question, never)).toMatchObject({ text: 'all well' });
    const startedAt = performance.now();
    await close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    stays.destroy();
  });

  it('waits for an answer as long as the bot is at work on it', async () => {
    const answer = Promise.withResolvers<void>();
    const close = await listenForTerminals(dir, async () => {
      await answer.promise;
      return { text: 'at last', exitCode: 0 };
    });
    const silenceMs = 2_500;
    const asked = askRunningBot(dir, question, never, silenceMs);
    // The time itself is what is tested: longer than the terminal's patience with silence.
    setTimeout(answer.resolve, silenceMs + 500);
    expect(await asked).toEqual({ text: 'at last', exitCode: 0 });
    await close();
  });

  it('says that a stopped bot does not answer', async () => {
    await mkdir(dir, { recursive: true });
    const listens = `require('node:net').createServer().listen(${JSON.stringify(socketPath(dir))}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', listens], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    await expect(askRunningBot(dir, question, never, 200)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the running bot does not answer',
    });
    child.kill('SIGKILL');
  });

  it('says that the bot ended in the middle of an answer', async () => {
    await mkdir(dir, { recursive: true });
    const ends = `require('node:http').createServer((q, r) => r.write(' ', () => process.exit())).listen(${JSON.stringify(socketPath(dir))}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', ends], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(askRunningBot(dir, question, never)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ended'),
    });
  });
});
