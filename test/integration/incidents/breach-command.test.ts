import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import command from '../../../commands/breach.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { connectSlack } from '../../../src/slack/connect.ts';
import type { Store } from '../../../src/store/store.ts';
import type { viewersOnly } from '../../support/access.ts';
import { asker, type Room, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { shownText } from '../../support/slack-bot.ts';
import { embeddedStore } from '../../support/store.ts';

const style = { colour: false, width: 80, zone: 'UTC' };
const everything = { decide: async () => ({ kind: 'allowed' as const }), holders: async () => [] };
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const servicesOf = ({ incidents, ports }: Room) =>
  ({ incidents, severities: ports.severities.all }) as unknown as Services;

async function declared(): Promise<Room> {
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'Records are public', phi: true });
  await room.queue.finish();
  return room;
}

async function typed(room: Room, line: string, user = 'U0ANNA0001'): Promise<Reply> {
  const actor = { id: `slack:${user}`, name: 'anna', mention: `<@${user}>` };
  const ctx: CommandContext<Services> = {
    services: servicesOf(room),
    ...{ actor, face: 'slack', request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...permissionsOf(everything as typeof viewersOnly, actor),
  };
  return (await command.run(ctx, line.split(' ').filter(Boolean))) as Reply;
}

async function botOf(room: Room) {
  const { botToken, appToken, apiUrl } = room.workspace;
  const bot = await connectSlack<Services>({
    ...{ commands: [command], services: servicesOf(room), store, clock: room.clock, log: memoryLog(), graceMs: 200 },
    ...{ onFatal: () => {}, access: () => everything as typeof viewersOnly },
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
}

/** The topmost dialog with this text in it. */
const dialog = ({ workspace }: Room, text: string) =>
  workspace.waitFor(
    () => {
      const top = workspace.views('anna').at(-1);
      return top && shownText(top).includes(text) ? top : undefined;
    },
    { what: `a dialog with "${text}"` },
  );

const filled = {
  ...{ exposed: 'yes', nature: 'Names', who: 'Anybody', acquired: 'Yes', mitigated: 'Taken down' },
  ...{ individuals: '660', states: 'CA 620, NY 40', we_are: 'covered_entity', delay: 'none', conclusion: 'breach' },
};

describe('the dialog', () => {
  it('is answered, shows the deadlines, and comes with the answers the next time', async () => {
    const room = await declared();
    await botOf(room);
    await room.workspace.user('anna').command('#ops', '/ops breach INC-1');
    const first = await dialog(room, 'Nature and extent');
    expect(shownText(first)).toContain('Not legal advice');
    await room.workspace.user('anna').submit(first, filled);
    const answer = await dialog(room, 'Notice to HHS');
    expect(shownText(answer)).toContain('by 2027-01-22');
    await room.workspace.user('anna').command('#ops', '/ops breach');
    const second = await dialog(room, 'Nature and extent');
    expect(JSON.stringify(second)).toContain('CA 620, NY 40');
    expect(await room.incidents.breach.versions(1)).toMatchObject([{ version: 1, by: { id: 'slack:U0ANNA0001' } }]);
  });

  it('keeps what was filled in when somebody else answered meanwhile', async () => {
    const room = await declared();
    await botOf(room);
    await room.workspace.user('anna').command('#ops', '/ops breach INC-1');
    const view = await dialog(room, 'Nature and extent');
    const answers = { exposed: 'no', factors: {}, states: {}, weAre: 'covered_entity', conclusion: 'not_yet' } as const;
    await room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers });
    await room.workspace.user('anna').submit(view, { ...filled, nature: 'What I wrote' });
    const back = await dialog(room, 'has answered meanwhile');
    expect(JSON.stringify(back)).toContain('What I wrote');
    expect(await room.incidents.breach.versions(1)).toHaveLength(1);
  });

  it('is not filled where nobody says that PHI may be involved, nor for whoever may not see the incident', async () => {
    const room = await roomOf(store);
    await room.incidents.declare(asker, { key: 'k', severity: 'P0', title: 'down' });
    const ben = { by: { id: 'slack:U0BEN00001', mention: '<@U0BEN00001>' }, request: 'R' };
    await room.incidents.declare(ben, { key: 'l', severity: 'P0', title: 'secret', phi: true, private: true });
    await botOf(room);
    await room.workspace.user('anna').command('#ops', '/ops breach INC-1');
    expect(shownText(await dialog(room, 'no breach assessment'))).not.toContain('Nature');
    await room.workspace.user('anna').command('#ops', '/ops breach INC-2');
    expect(shownText(await dialog(room, 'There is no INC-2'))).not.toContain('Nature');
  });

  it('records a notice', async () => {
    const room = await declared();
    const answers = { exposed: 'yes', factors: {}, states: {}, weAre: 'covered_entity', conclusion: 'breach' } as const;
    await room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers });
    await botOf(room);
    await room.workspace.user('anna').command('#ops', '/ops breach sent');
    const view = await dialog(room, 'Confirmation number');
    await room.workspace.user('anna').submit(view, { kind: 'hhs', on: '2026-11-23', confirmation: 'OCR-9' });
    expect(shownText(await dialog(room, 'OCR-9'))).toContain('sent 2026-11-23');
  });
});

describe('a line', () => {
  it('shows how it stands to who asks alone, and records a notice', async () => {
    const room = await declared();
    const shown = await typed(room, 'show INC-1');
    expect(shown.place).toBe('asker');
    expect(shown.terminal(style)).toContain('Nobody has answered yet');
    const answers = { exposed: 'yes', factors: {}, states: {}, weAre: 'covered_entity', conclusion: 'breach' } as const;
    await room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers });
    const sent = await typed(room, 'sent INC-1 individuals 2026-11-23 CONF-1 of the mailing');
    expect(sent.terminal(style)).toContain('sent 2026-11-23 by slack:U0ANNA0001 CONF-1 of the mailing');
    expect(sent.terminal(style)).toContain('Not legal advice');
    expect(JSON.stringify(sent.json?.())).toContain('"versions":[{"version":1');
    expect((await typed(room, 'sent hhs today X')).terminal(style)).toContain('sent 2026-11-23');
  });

  it.each([
    'sent INC-1',
    'sent hhs yesterday',
    'sent hhs 2027-01-01 X',
    'sent everybody 2026-11-23',
    'whatever',
    'INC-9',
  ])('that can not be meant says so: %s', async (line) => {
    const room = await declared();
    const answers = { exposed: 'yes', factors: {}, states: {}, weAre: 'covered_entity', conclusion: 'breach' } as const;
    await room.incidents.breach.assess(asker, { id: 1, basedOn: 0, answers });
    await expect(typed(room, line)).rejects.toMatchObject({ name: 'OpsError' });
  });
});
