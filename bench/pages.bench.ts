// From a declaration in Slack to PagerDuty's having accepted its page, while each call to Slack takes 300 ms.
import { setTimeout as wait } from 'node:timers/promises';
import { startWorkspace } from '../src/workspace/workspace.ts';
import { makeHome, startBotProcess } from '../test/support/bot.ts';
import { percentile } from './support/child.ts';
import { printFigures } from './support/figure.ts';

const opsYml = `version: 1
slack: {alerts: "#alerts"}
roles: {responder: ["@oncall"]}
checks:
  - {id: port, every: 1h, tcp: {host: 127.0.0.1, port: 9}}
`;
const count = 100;
const workspace = await startWorkspace();
const { phone } = workspace;
const home = await makeHome(opsYml, {
  SLACK_BOT_TOKEN: workspace.botToken,
  SLACK_APP_TOKEN: workspace.appToken,
  SLACK_API_URL: workspace.apiUrl,
  PAGERDUTY_ROUTING_KEY: phone.routingKey,
  PAGERDUTY_EVENTS_URL: phone.eventsUrl,
});
const bot = await startBotProcess(home);
const anna = workspace.user('anna');

/** Until the phone rings, ms. */
async function declared(title: string): Promise<number> {
  const sinceMs = performance.now();
  const rings = new Promise<void>((resolve) => {
    const stop = phone.onChange(() => {
      if (!phone.pages().some(({ summary }) => summary.includes(title))) return;
      stop();
      resolve();
    });
  });
  const answered = anna.command('#ops', `/ops incident declare critical ${title}`);
  await rings;
  const ms = performance.now() - sinceMs;
  await answered;
  return ms;
}

/** What this machine takes for a command and nothing else, ms: the reference. */
async function helped(): Promise<number> {
  const sinceMs = performance.now();
  await anna.command('#ops', '/ops help');
  return performance.now() - sinceMs;
}

// Who may declare is asked of Slack once, and known for the rest.
await declared('warm up');
const helps: number[] = [];
for (let n = 0; n < 20; n += 1) helps.push(await helped());
for (const method of ['chat.postMessage', 'chat.update']) workspace.fault(method, { kind: 'delay', ms: 300 }, 10_000);
const pages: number[] = [];
for (let n = 0; n < count; n += 1) {
  pages.push(await declared(`bench ${n} of it`));
  await wait(200);
}
await bot.stop();
await workspace.close();
await home.remove();

const p50 = percentile(pages, 0.5);
const p99 = percentile(pages, 0.99);
printFigures([
  {
    name: 'declared → page accepted, each call to Slack taking 300 ms',
    measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    reference: `50 ms, 250 ms (/ops help acknowledged: ${percentile(helps, 0.5).toFixed(1)} ms)`,
    ratio: Math.max(p50 / 50, p99 / 250),
  },
]);
