import { afterEach, expect, it } from 'vitest';
import type { SlackConnection } from '../../../src/slack/connect.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import { createSlackLink } from '../../../src/slack-link.ts';
import { startWorkspace } from '../../../src/workspace/workspace.ts';
import { viewersOnly } from '../../support/access.ts';
import { startGate } from '../../support/balancer-gate.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A link in HTTP mode, where nobody but a call notices that Slack is away; asks every 20 ms. */
async function linked(options: { shut?: boolean } = {}) {
  const workspace = await startWorkspace();
  const gate = await startGate({ to: Number(new URL(workspace.url).port), ...options });
  const store = await embeddedStore();
  const log = memoryLog();
  const { now } = store.time;
  const link = createSlackLink({
    askMs: { well: 20, away: 20 },
    log,
    open: (): Promise<SlackConnection> =>
      connectSlack({
        slack: {
          kind: 'http',
          botToken: workspace.botToken,
          signingSecret: 'secret',
          apiUrl: `http://127.0.0.1:${gate.port}/api/`,
        },
        ...{ commands: [], services: {}, store, clock: { now }, log },
        access: () => viewersOnly,
        onFatal: () => expect.unreachable(),
      }),
  });
  closing.push(
    () => workspace.close(),
    () => store.close(),
    () => gate.close(),
    () => link.stop(),
  );
  return { link, gate, workspace, messages: () => log.lines.map(({ message }) => message) };
}

const signal = new AbortController().signal;

it('in HTTP mode notices that Slack is away, and that it is back, though nobody needs it; each is said once', async () => {
  const { link, gate, messages } = await linked();
  await link.connect(signal);
  expect(link.health()).toEqual({ ok: true });
  gate.shut();
  await eventually(() => expect(link.health()).toMatchObject({ ok: false, problem: expect.stringMatching(/Slack/) }));
  gate.open();
  await eventually(() => expect(link.health()).toEqual({ ok: true }));
  expect(messages().filter((message) => /^Slack is/.test(message ?? ''))).toEqual(['Slack is away', 'Slack is back']);
});

it('takes a Slack that only asks to wait for one that is there', async () => {
  const { link, workspace } = await linked();
  await link.connect(signal);
  workspace.fault('auth.test', { kind: 'ratelimited', retryAfterSeconds: 1 }, 1);
  const before = workspace.traffic.length;
  await eventually(() => expect(workspace.traffic.length).toBeGreaterThan(before + 2));
  expect(link.health()).toEqual({ ok: true });
});

it('that never saw Slack says so, refuses calls as worth another try, and connects once Slack is there', async () => {
  const { link, gate } = await linked({ shut: true });
  const connected = link.connect(signal);
  await eventually(() =>
    expect(link.health()).toEqual({ ok: false, problem: expect.stringMatching(/can't be reached/) }),
  );
  await expect(link.port.channelId('#alerts')).rejects.toMatchObject({ reason: 'unreachable', retryable: true });
  gate.open();
  await connected;
  expect(link.health()).toEqual({ ok: true });
});
