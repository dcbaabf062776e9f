import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, httpApp, SIGNING_SECRET } from './support.ts';

let workspace: Workspace;
let stop: (() => Promise<void>) | undefined;

beforeEach(async () => {
  workspace = await startWorkspace();
});

afterEach(async () => {
  await stop?.();
  stop = undefined;
  await workspace.close();
});

describe('slash commands over HTTP', () => {
  it('reach a Bolt app, signed, and show the acknowledgement to the person only', async () => {
    const bolt = await httpApp(workspace);
    stop = bolt.stop;
    bolt.app.command('/ops', async ({ ack, command }) => ack(`You said ${command.text} in ${command.channel_name}`));
    const outcome = await workspace.user('anna').command('#ops', '/ops health db');
    expect(outcome).toMatchObject({ ok: true, message: { text: 'You said health db in ops' } });
    expect(workspace.ephemerals('anna')).toHaveLength(1);
    expect(workspace.ephemerals('ben')).toHaveLength(0);
    expect(workspace.messages('#ops')).toHaveLength(0);
  });

  it('are refused by the app when the signature is wrong', async () => {
    const bolt = await httpApp(workspace);
    stop = bolt.stop;
    bolt.app.command('/ops', async ({ ack }) => ack());
    workspace.connectHttp({ url: bolt.url, signingSecret: `not ${SIGNING_SECRET}` });
    const outcome = await workspace.user('anna').command('#ops', '/ops');
    expect(outcome).toMatchObject({ ok: false, error: 'dispatch_failed' });
    expect(workspace.deliveries[0]).toMatchObject({ outcome: 'failed', status: 401 });
  });

  it('time out when nobody acknowledges', async () => {
    const bolt = await httpApp(workspace);
    stop = bolt.stop;
    bolt.app.command('/ops', async () => {});
    workspace.setAckDeadline(200);
    expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({
      ok: false,
      error: 'operation_timeout',
    });
  });

  it('fail without an app, and are unknown without a registration', async () => {
    expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({ error: 'dispatch_failed' });
    expect(await workspace.user('anna').command('#ops', '/nothing')).toMatchObject({ error: 'unknown_command' });
    expect(workspace.deliveries).toHaveLength(1);
  });

  it('can be delivered again with the same signature, and with a shifted timestamp', async () => {
    const bolt = await httpApp(workspace);
    stop = bolt.stop;
    const triggers: string[] = [];
    bolt.app.command('/ops', async ({ ack, command }) => {
      triggers.push(command.trigger_id);
      await ack();
    });
    await workspace.user('anna').command('#ops', '/ops');
    expect(await workspace.deliverAgain()).toMatchObject({ outcome: 'acked' });
    expect(await workspace.deliverWithTimestamp(-400)).toMatchObject({ outcome: 'failed', status: 401 });
    expect(await workspace.deliverWithTimestamp(400)).toMatchObject({ outcome: 'acked' });
    expect(new Set(triggers).size).toBe(1);
    expect(triggers).toHaveLength(3);
  });
});

describe('messages', () => {
  it('are posted, updated and told as events', async () => {
    const slack = client(workspace);
    const seen: string[] = [];
    workspace.events.on((event) => seen.push(event.type));
    const posted = await slack.chat.postMessage({ channel: workspace.channel('#ops').id, text: 'first' });
    const updated = await slack.chat.update({ channel: posted.channel ?? '', ts: posted.ts ?? '', text: 'second' });
    expect(updated.ts).toBe(posted.ts);
    expect(workspace.messages('#ops').map((m) => m.text)).toEqual(['second']);
    expect(seen).toEqual(['message_posted', 'call', 'message_changed', 'call']);
    expect(workspace.traffic.map((call) => call.method)).toEqual(['chat.postMessage', 'chat.update']);
  });
});
