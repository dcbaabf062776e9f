import { App } from '@slack/bolt';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import { openDatabase } from '../../../src/slack/database.ts';
import { openDialogs } from '../../../src/slack/dialogs.ts';
import { createOutgoing } from '../../../src/slack/outgoing.ts';
import { registryOf } from '../../../src/slack/registry.ts';
import { route } from '../../../src/slack/router.ts';
import { openRunning } from '../../../src/slack/running.ts';
import { openScreens } from '../../../src/slack/screens.ts';
import { openSeen } from '../../../src/slack/seen.ts';
import { openWork } from '../../../src/slack/work.ts';
import { viewersOnly } from '../../support/access.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { Script, sharedStore } from './setup.ts';

/** The router over a bare Bolt app, and presses of a button in a dialog that no version knows. */
async function routed() {
  const log = memoryLog();
  const database = openDatabase({ store: await sharedStore(), log });
  const calls: string[] = [];
  const call = async (method: string) => {
    calls.push(method);
    return {};
  };
  const [dialogs, work, seen] = [openDialogs(), openWork(log), openSeen({ database, log })];
  const receiver = { init: () => {}, start: async () => {}, stop: async () => {} };
  const identity = { token: 'xoxb-1', botId: 'B1', botUserId: 'U1' };
  const app = new App({ ...identity, receiver, tokenVerificationEnabled: false, deferInitialization: true });
  await app.init();
  const signal = new AbortController().signal;
  const outgoing = createOutgoing({ call, signal, timeoutMs: 1_000 });
  route(app, {
    ...{
      services: new Script(),
      clock: systemClock,
      log,
      access: viewersOnly,
      onDenied: () => {},
      work,
      seen,
      dialogs,
    },
    ...{ running: openRunning({ database, log }), botName: 'rounds', botUserId: 'U1', home: undefined },
    ...{ outgoing, registry: registryOf<Script>([]), screens: openScreens({ outgoing, log }) },
  });
  const press = (trigger: string) =>
    app.processEvent({
      ack: async () => {},
      body: {
        ...{ type: 'block_actions', trigger_id: trigger, team: { id: 'T1' }, user: { id: 'U2', username: 'anna' } },
        container: { type: 'view', view_id: 'V3' },
        // The third dialog of a stack: its answer replaces it.
        view: { id: 'V3', type: 'modal', root_view_id: 'V1', previous_view_id: 'V2', title: { text: 'Details' } },
        actions: [
          { type: 'button', action_id: 'gone.button', action_ts: '1.1', block_id: 'b', text: { text: 'Press' } },
        ],
      },
    });
  return { press, calls, dialogs, work, seen };
}

it('remembers no dialog whose press is answered, came twice, or came too late', async () => {
  const { press, calls, dialogs, work, seen } = await routed();
  const [trigger, taken] = [`t${process.pid}.1`, `t${process.pid}.2`];
  await press(trigger);
  expect(dialogs.size).toBe(1);
  await press(trigger);
  // Another replica was first.
  await seen.confirmed(`action ${taken}`);
  await press(taken);
  await work.stop(5_000, () => {});
  expect(calls).toEqual(['views.update']);
  await press(`t${process.pid}.3`);
  expect(dialogs.size).toBe(0);
  await seen.close();
});
