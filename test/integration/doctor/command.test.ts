import { afterAll, afterEach, describe, expect, it } from 'vitest';
import doctor from '../../../commands/doctor.ts';
import { createDoctor } from '../../../src/doctor/examine.ts';
import { type Found, ok, problem } from '../../../src/doctor/model.ts';
import type { Access } from '../../../src/kernel/access.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import type { Role } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Promise<Store> | undefined;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => (await store)?.close());

/** A workspace with a bot in it that has the one command; its doctor finds `found`. */
async function botWith(found: Found[], has: Role = 'responder') {
  store ??= embeddedStore();
  const workspace = await startWorkspace();
  closing.push(() => workspace.close());
  const { botToken, appToken, apiUrl } = workspace;
  const access: Access = {
    decide: async (_, role) =>
      role === 'viewer' || role === has
        ? { kind: 'allowed' }
        : { kind: 'denied', why: 'role', message: `this takes the role ${role}` },
    holders: async () => [],
  };
  const services = { doctor: createDoctor(() => [{ name: 'part', look: async () => found }]) };
  const connection = await connectSlack({
    slack: { kind: 'socket', botToken, appToken, apiUrl },
    commands: [doctor],
    services: services as Services,
    store: await store,
    clock: systemClock,
    log: memoryLog(),
    access: () => access,
    onFatal: () => {},
    graceMs: 200,
  });
  closing.push(() => connection.stop());
  await connection.start();
  return workspace;
}

function told(workspace: Workspace, text: string) {
  const look = () => workspace.ephemerals('anna').find((message) => shownText(message).includes(text));
  return workspace.waitFor(look, { what: `"${text}" to anna` });
}

describe('/ops doctor', () => {
  it('tells the asker alone what is wrong and what to do', async () => {
    const workspace = await botWith([problem('lacks <!channel>', 'reinstall the app'), ok('fine')]);
    await workspace.user('anna').command('#ops', '/ops doctor');
    const answer = await told(workspace, '1 problem · 1 fine');
    expect(shownText(answer)).toContain('*part*: lacks &lt;!channel&gt;\n→ reinstall the app');
    expect(workspace.messages('#ops')).toEqual([]);
  });

  it('shows everything at the press of a button, in place of the answer', async () => {
    const workspace = await botWith([ok('all is well here')]);
    const anna = workspace.user('anna');
    await anna.command('#ops', '/ops doctor');
    const answer = await told(workspace, '1 of 1 fine');
    expect(shownText(answer)).not.toContain('all is well here');
    await anna.click(answer, 'doctor.all');
    expect(shownText(await told(workspace, 'all is well here'))).toContain('1 of 1 fine');
  });

  it('is denied to whoever is no responder, and takes no words', async () => {
    const viewers = await botWith([problem('the database has a secret place')], 'viewer');
    await viewers.user('anna').command('#ops', '/ops doctor');
    const denial = await told(viewers, 'responder');
    expect(shownText(denial)).not.toContain('secret place');
    const workspace = await botWith([ok('fine')]);
    await workspace.user('anna').command('#ops', '/ops doctor everything');
    await told(workspace, 'does not take');
  });
});
