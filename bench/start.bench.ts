// From the command to "ready", first and on an existing database, and the memory ten seconds later: of the bot alone, with
// its workspace in another process, and of a try-out as `npm start` begins one, with workspace, page and demo in it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type BotHome, makeHome, startBotProcess } from '../test/support/bot.ts';
import { makeTryOutHome } from '../test/support/try-out-home.ts';
import { median, startChild } from './support/child.ts';
import { printFigures } from './support/figure.ts';

const opsYml = 'version: 1\nchecks:\n  - {id: port, every: 1h, tcp: {host: 127.0.0.1, port: 9}}\n';

async function startOnce(home: BotHome) {
  const started = performance.now();
  const bot = await startBotProcess(home);
  return { bot, ms: performance.now() - started };
}

/** Times in ms, memory in MB; the folder is removed. */
async function measure(home: BotHome) {
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
  return { firstMs: first.ms, laterMs: median(starts), rssMb: rssKb / 1024 };
}

/** What this machine needs to start Node and do nothing: the reference of a start. */
async function bareStart(): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.on('exit', resolve));
  return performance.now() - started;
}

const workspace = await startChild<NodeJS.ProcessEnv>('workspace-server.ts');
const bot = await measure(await makeHome(opsYml, workspace.hello));
workspace.stop();
const tryOut = await measure(await makeTryOutHome());
const bare = `node alone ${median([await bareStart(), await bareStart(), await bareStart()]).toFixed(0)} ms`;
printFigures([
  {
    name: 'first start',
    measured: `${bot.firstMs.toFixed(0)} ms; a try-out ${tryOut.firstMs.toFixed(0)} ms`,
    reference: `4,000 ms (${bare})`,
    ratio: bot.firstMs / 4000,
  },
  {
    name: 'start on an existing database',
    measured: `${bot.laterMs.toFixed(0)} ms; a try-out ${tryOut.laterMs.toFixed(0)} ms`,
    reference: `1,500 ms (${bare})`,
    ratio: bot.laterMs / 1500,
  },
  {
    name: 'memory ten seconds after a restart',
    measured: `${bot.rssMb.toFixed(0)} MB resident; a try-out ${tryOut.rssMb.toFixed(0)} MB`,
    reference: '350 MB',
    ratio: bot.rssMb / 350,
  },
]);
