import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { makeHome, type RunningBot, startBotProcess } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { dialog, shownText, socketMode } from '../support/slack-bot.ts';
import { sharedPostgres } from '../support/store.ts';

const opsYml = `version: 1
slack: {alerts: "#alerts"}
roles: {responder: [U0ANNA0001]}
checks: [{id: disk, every: 1h, tcp: {host: 127.0.0.1, port: 1}}]
`;

async function scene() {
  const postgres = await sharedPostgres();
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const { phone } = workspace;
  const home = await makeHome(opsYml, {
    ...socketMode(workspace),
    DATABASE_URL: await postgres.createDatabase(),
    PAGERDUTY_ROUTING_KEY: phone.routingKey,
    PAGERDUTY_EVENTS_URL: phone.eventsUrl,
  });
  onTestFinished(() => home.remove());
  const start = async (until?: 'listening') => {
    const bot = await startBotProcess(home, {}, until);
    onTestFinished(() => bot.kill());
    return bot;
  };
  const rings = (count: number) =>
    workspace.waitFor(() => (phone.pages().length >= count ? phone.pages() : undefined), {
      ...{ what: `${count} pages`, timeoutMs: 50_000 },
    });
  const said = (text: string) =>
    workspace.waitFor(() => workspace.messages('#alerts').find((message) => shownText(message).includes(text)), {
      ...{ what: `"${text}"`, timeoutMs: 40_000 },
    });
  const journal = () => readdir(join(home.dir, 'data', 'journal')).catch(() => []);
  return { postgres, workspace, phone, start, rings, said, journal, anna: workspace.user('anna') };
}

/** The dialog, opened and sent off. */
async function declare({ workspace, anna }: Awaited<ReturnType<typeof scene>>): Promise<void> {
  await anna.shortcut('incident.declare');
  const view = await dialog(workspace, 'anna', 'How bad is it?');
  await anna.submit(view, { title: 'Database is down', severity: 'p0' });
}

it('the dialog of a bot whose database hangs pages; killed then, the next one makes the incident, once', async () => {
  const s = await scene();
  const first: RunningBot = await s.start();
  await s.postgres.pause();
  onTestFinished(() => s.postgres.resume());
  const startedMs = performance.now();
  await declare(s);
  await s.rings(1);
  expect(performance.now() - startedMs).toBeLessThan(20_000);
  expect(shownText(await dialog(s.workspace, 'anna', 'database is away'))).toContain('Paged');
  await s.said('database is away');
  await first.kill();
  s.postgres.resume();
  await s.start();
  await s.said('INC-1 P0 Critical: Database is down');
  await eventually(async () => expect(await s.journal()).toEqual([]));
  await s.said('it has its own message now');
  expect(s.phone.pages().filter(({ status }) => status !== 'resolved')).toHaveLength(1);
  expect(s.workspace.messages('#alerts').filter((message) => shownText(message).includes('INC-2'))).toEqual([]);
  await s.anna.command('#ops', '/ops incident ack');
  await s.workspace.waitFor(() => s.phone.pages().some(({ status }) => status === 'acknowledged'), {
    what: 'the acknowledgement',
  });
});

it('one line to a bot whose database is gone pages; killed before PagerDuty took it, the next one sends it without the database', async () => {
  const s = await scene();
  const first = await s.start();
  await s.postgres.kill();
  s.workspace.fault('pagerduty.enqueue', { kind: 'http', status: 503 }, 1_000);
  await s.anna.command('#ops', '/ops incident declare P0 Database is gone');
  await s.said('NOT PAGED');
  await first.kill();
  expect(s.phone.pages()).toEqual([]);
  s.workspace.clearFaults();
  // It waits for its database, so it will never be ready; its pages don't.
  const next = s.start('listening').catch(() => undefined);
  await s.rings(1);
  await s.postgres.restart();
  await next;
  await s.said('INC-1 P0 Critical: Database is gone');
  expect(s.phone.pages()).toMatchObject([{ dedupKey: expect.stringContaining('journal'), status: 'triggered' }]);
});
