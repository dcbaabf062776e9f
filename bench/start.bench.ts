// From the command to "ready", first and on an existing database, and the memory ten seconds later.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { makeHome, startBotProcess } from '../test/support/bot.ts';
import { median } from './support/child.ts';
import { printFigures } from './support/figure.ts';

const opsYml = 'version: 1\nchecks:\n  - {id: port, every: 1h, tcp: {host: 127.0.0.1, port: 9}}\n';

async function startOnce(home: Awaited<ReturnType<typeof makeHome>>) {
  const started = performance.now();
  const bot = await startBotProcess(home, { WORKSPACE_PORT: '0', DEMO_PORT: '0' });
  return { bot, ms: performance.now() - started };
}

/** What this machine needs to start Node and do nothing: the reference of a start. */
async function bareStart(): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.on('exit', resolve));
  return performance.now() - started;
}

const home = await makeHome(opsYml);
const first = await startOnce(home);
await first.bot.stop();
const starts: number[] = [];
for (let run = 0; run < 5; run += 1) {
  const { bot, ms } = await startOnce(home);
  starts.push(ms);
  await bot.stop();
}
const { bot } = await startOnce(home);
await wait(10_000);
const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bot.child.pid}/status`, 'utf8'))?.[1]);
await bot.stop();
await home.remove();
const bare = median([await bareStart(), await bareStart(), await bareStart()]);
printFigures([
  {
    name: 'first start',
    measured: `${first.ms.toFixed(0)} ms`,
    reference: `4,000 ms (node alone ${bare.toFixed(0)} ms)`,
    ratio: first.ms / 4000,
  },
  {
    name: 'start on an existing database',
    measured: `${median(starts).toFixed(0)} ms`,
    reference: `1,500 ms (node alone ${bare.toFixed(0)} ms)`,
    ratio: median(starts) / 1500,
  },
  {
    name: 'memory ten seconds after a restart',
    measured: `${(rssKb / 1024).toFixed(0)} MB resident`,
    reference: '350 MB',
    ratio: rssKb / 1024 / 350,
  },
]);
