// How fast `/ops help` is acknowledged over HTTP, beside a bare Bolt app in a process of its own.
import { startWorkspace } from '../src/workspace/workspace.ts';
import { makeHome, startBotProcess } from '../test/support/bot.ts';
import { median, percentile, startChild } from './support/child.ts';
import { printFigures } from './support/figure.ts';
import { atFullSpeed, atRate, closeConnections, signingSecret } from './support/slash.ts';

const opsYml = 'version: 1\nchecks:\n  - {id: port, every: 1h, tcp: {host: 127.0.0.1, port: 9}}\n';
const workspace = await startWorkspace();
const home = await makeHome(opsYml, {
  SLACK_BOT_TOKEN: workspace.botToken,
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_API_URL: workspace.apiUrl,
});
const bot = await startBotProcess(home);
const bare = await startChild<number>('bolt-server.ts', [signingSecret]);

for (const port of [bot.port, bare.hello]) await atFullSpeed(port, 8, 1);
const ours: number[] = [];
const theirs: number[] = [];
for (let run = 0; run < 5; run += 1) {
  ours.push(await atFullSpeed(bot.port, 16, 1));
  theirs.push(await atFullSpeed(bare.hello, 16, 1));
}
const acks = await atRate(bot.port, 300, 10);
const bareAcks = await atRate(bare.hello, 300, 10);
closeConnections();
bare.stop();
await bot.stop();
await workspace.close();
await home.remove();

const p99 = percentile(acks, 0.99);
printFigures([
  {
    name: '/ops help at 300/s, p99',
    measured: `${p99.toFixed(1)} ms, slowest ${Math.max(...acks).toFixed(0)} ms`,
    reference: `50 ms; bare Bolt ${percentile(bareAcks, 0.99).toFixed(1)} ms`,
    ratio: Math.max(p99 / 50, Math.max(...acks) / 3000),
  },
  {
    name: '/ops help at full speed',
    measured: `${median(ours).toFixed(0)}/s`,
    reference: `0.7 × a bare Bolt app (${median(theirs).toFixed(0)}/s)`,
    ratio: (0.7 * median(theirs)) / median(ours),
  },
]);
