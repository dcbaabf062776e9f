import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { makeHome, startBotProcess } from '../support/bot.ts';

const program = join(import.meta.dirname, '../support/hanging-end.ts');
const running = new Set<{ kill(signal: NodeJS.Signals): boolean }>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** A process whose end hangs, once it listens to signals. */
async function hangingEnd(deadlineMs: number, repeatMs: number) {
  const child = spawn(process.execPath, [program, String(deadlineMs), String(repeatMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const lines = createInterface({ input: child.stdout });
  const said: string[] = [];
  lines.on('line', (line) => said.push(line));
  await once(lines, 'line');
  return { child, lines, said, closed: once(child, 'close') };
}

describe('the end of a process', () => {
  it('comes at its deadline, whatever hangs and however often npm passes a Ctrl-C on', async () => {
    const { child, lines, said, closed } = await hangingEnd(500, 60_000);
    const startedAt = performance.now();
    child.kill('SIGINT');
    await once(lines, 'line');
    child.kill('SIGINT');
    expect(await closed).toEqual([3, null]);
    expect(performance.now() - startedAt).toBeGreaterThan(450);
    expect(said).toEqual(['listening', 'SIGINT', 'deadline']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('comes at once when a second %s is sent later', async (signal, code) => {
    const repeatMs = 300;
    const { child, closed } = await hangingEnd(60_000, repeatMs);
    const startedAt = performance.now();
    const again = setInterval(() => child.kill(signal), 20);
    expect(await closed).toEqual([code, null]);
    clearInterval(again);
    expect(performance.now() - startedAt).toBeGreaterThan(repeatMs);
  });

  it('is a clean one for a bot that gets the same Ctrl-C twice', async () => {
    const home = await makeHome('version: 1\nchecks: [{id: nobody, tcp: {host: 127.0.0.1, port: 9}}]\n', {
      WORKSPACE_PORT: '0',
      DEMO_PORT: '0',
    });
    const bot = await startBotProcess(home);
    const closed = once(bot.child, 'close');
    bot.child.kill('SIGINT');
    await bot.logged(({ msg }) => msg === 'stopping');
    bot.child.kill('SIGINT');
    expect(await closed).toEqual([0, null]);
    await home.remove();
  });
});
