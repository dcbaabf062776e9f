import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { client, refusal, socketApp } from './support.ts';

let workspace: Workspace;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  workspace = await startWorkspace({ retryDelaysMs: [0, 0, 0] });
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await workspace.close();
});

async function bolt() {
  const { app, stop } = await socketApp(workspace);
  stops.push(stop);
  return app;
}

interface Frame {
  type?: string;
  reason?: string;
  envelope_id?: string;
  retry_attempt?: number;
  num_connections?: number;
}

/** A bare connection that answers nothing by itself. */
async function bare() {
  const { url = '' } = await client(workspace, workspace.appToken).apps.connections.open({});
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const waiters: (() => void)[] = [];
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    for (const wake of waiters.splice(0)) wake();
  });
  const frame = async (type: string, nth = 0): Promise<Frame> => {
    for (;;) {
      const found = frames.filter((candidate) => candidate.type === type)[nth];
      if (found) return found;
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  await Promise.race([frame('hello'), frame('disconnect')]);
  stops.push(async () => socket.terminate());
  return { socket, frame, frames, ack: (id = '') => socket.send(JSON.stringify({ envelope_id: id })) };
}

describe('Socket Mode', () => {
  it('carries a command to Bolt and its acknowledgement back', async () => {
    const app = await bolt();
    app.command('/ops', async ({ ack, command }) => ack({ text: `got ${command.text}`, response_type: 'in_channel' }));
    const outcome = await workspace.user('anna').command('#ops', '/ops health');
    expect(outcome).toMatchObject({ ok: true, message: { text: 'got health' } });
    expect(workspace.messages('#ops').map((m) => m.text)).toEqual(['got health']);
    expect(workspace.deliveries[0]).toMatchObject({ via: 'socket', type: 'slash_commands' });
  });

  it('needs the app token with its scope, and lets a ticket in once', async () => {
    const powerless = workspace.issueToken('app', []);
    expect((await refusal(client(workspace, powerless).apps.connections.open({}))).error).toBe('missing_scope');
    const { url = '' } = await client(workspace, workspace.appToken).apps.connections.open({});
    const first = new WebSocket(url);
    await new Promise((resolve) => first.once('open', resolve));
    const second = new WebSocket(url);
    const error = await new Promise<Error>((resolve) => second.once('error', resolve));
    expect(error.message).toContain('403');
    first.terminate();
  });

  it('says operation_timeout without an acknowledgement, and dispatch_failed without a connection', async () => {
    expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({ error: 'dispatch_failed' });
    await bolt();
    workspace.setAckDeadline(200);
    expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({ error: 'operation_timeout' });
  });

  it('spreads payloads over several connections', async () => {
    const seen: number[] = [];
    for (const index of [0, 1]) {
      const app = await bolt();
      app.command('/ops', async ({ ack }) => {
        seen.push(index);
        await ack();
      });
    }
    expect(workspace.sockets.count()).toBe(2);
    for (let i = 0; i < 4; i += 1) await workspace.user('anna').command('#ops', '/ops');
    expect(seen.toSorted()).toEqual([0, 0, 1, 1]);
  });

  it('takes ten connections and turns the eleventh away', async () => {
    for (let i = 0; i < 10; i += 1) expect((await (await bare()).frame('hello')).num_connections).toBe(i + 1);
    const late = await bare();
    expect(await late.frame('disconnect')).toMatchObject({ reason: 'too_many_websockets' });
    expect(workspace.sockets.count()).toBe(10);
  });

  it('sends an unacknowledged envelope to another connection when the first one breaks', async () => {
    const one = await bare();
    const two = await bare();
    const command = workspace.user('anna').command('#ops', '/ops');
    const [holder, other] = await Promise.race([
      one.frame('slash_commands').then(() => [one, two]),
      two.frame('slash_commands').then(() => [two, one]),
    ]);
    holder!.socket.terminate();
    const again = await other!.frame('slash_commands');
    expect(again.envelope_id).toBe(holder!.frames.at(-1)?.envelope_id);
    other!.ack(again.envelope_id);
    expect(await command).toMatchObject({ ok: true });
  });

  it('sends an unacknowledged envelope to a connection that opens in time', async () => {
    const one = await bare();
    const command = workspace.user('anna').command('#ops', '/ops');
    await one.frame('slash_commands');
    one.socket.terminate();
    const two = await bare();
    two.ack((await two.frame('slash_commands')).envelope_id);
    expect(await command).toMatchObject({ ok: true });
  });

  it('tries an unacknowledged event again with its attempt', async () => {
    const one = await bare();
    workspace.setAckDeadline(1000);
    const said = workspace.user('anna').say('#ops', `<@${workspace.identity.botUser}> hi`);
    const first = await one.frame('events_api');
    workspace.setAckDeadline(5000);
    const second = await one.frame('events_api', 1);
    expect([first.retry_attempt, second.retry_attempt]).toEqual([0, 1]);
    expect(second.envelope_id).not.toBe(first.envelope_id);
    one.ack(second.envelope_id);
    expect(await said).toMatchObject({ ok: false, error: 'operation_timeout' });
    await workspace.waitFor(() => workspace.deliveries[1], { what: 'the second attempt' });
    expect(workspace.deliveries[1]).toMatchObject({ attempt: 1, outcome: 'acked' });
  });

  it('delivers the same envelope twice on demand', async () => {
    const app = await bolt();
    const triggers: string[] = [];
    let both: () => void = () => {};
    const seenTwice = new Promise<void>((resolve) => {
      both = resolve;
    });
    app.command('/ops', async ({ ack, command }) => {
      triggers.push(command.trigger_id);
      await ack();
      if (triggers.length === 2) both();
    });
    workspace.sockets.duplicateNext();
    await workspace.user('anna').command('#ops', '/ops');
    await seenTwice;
    expect(triggers[0]).toBe(triggers[1]);
    await workspace.deliverAgain();
    expect(triggers).toHaveLength(3);
  });

  it('asks the app to reconnect, which Bolt does', async () => {
    const app = await bolt();
    app.command('/ops', async ({ ack }) => ack());
    workspace.sockets.disconnect('refresh_requested');
    await workspace.waitFor((event) => event?.type === 'socket_closed', { what: 'the old connection to close' });
    await workspace.waitFor(() => workspace.sockets.count() === 1, { what: 'a new connection' });
    expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({ ok: true });
  });

  it.each(['warning', 'link_disabled'] as const)('says disconnect with the reason %s', async (reason) => {
    const one = await bare();
    workspace.sockets.disconnect(reason);
    expect(await one.frame('disconnect')).toMatchObject({ reason });
  });

  it('comes back after a broken connection', async () => {
    const app = await bolt();
    app.command('/ops', async ({ ack }) => ack());
    workspace.sockets.drop();
    await workspace.waitFor((event) => event?.type === 'socket_opened', { what: 'a new connection' });
    expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({ ok: true });
  });
});
