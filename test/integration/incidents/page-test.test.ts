import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import command from '../../../commands/page.ts';
import { pageTestPart } from '../../../src/doctor/parts/reaching.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { Reply } from '../../../src/kernel/command.ts';
import { pagerDutyHook } from '../../../src/pagerduty-hook.ts';
import type { Services } from '../../../src/services.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWeb } from '../../../src/web/server.ts';
import { viewersOnly } from '../../support/access.ts';
import { eventually } from '../../support/eventually.ts';
import { asker, type Room, type RoomOptions, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const minute = 60_000;
const everything: typeof viewersOnly = { decide: async () => ({ kind: 'allowed' }), holders: async () => [] };

async function testing(over: Partial<RoomOptions> = {}) {
  const announced: { lines: readonly string[]; channel?: string }[] = [];
  const room = await roomOf(store, { announce: async (_, said) => void announced.push(said), ...over });
  const { pageTests } = room.incidents;
  const part = () => {
    const look = { configured: true, tryOut: false, last: () => pageTests.last(), clock: room.clock };
    return pageTestPart(look).look(new AbortController().signal);
  };
  return { room, pageTests, announced, part };
}

describe('a test of paging', () => {
  it('pages by a name of its own, waits for a person, says how long it took, and ends the page', async () => {
    const { room, pageTests, announced, part } = await testing();
    expect(await part()).toMatchObject([{ state: 'warn', message: expect.stringContaining('never proven') }]);
    const { n } = await pageTests.start(asker, 'C0GENERAL');
    await room.queue.finish();
    const dedupKey = `rounds:test:${n}`;
    expect(room.pages()).toMatchObject([{ dedupKey, summary: expect.stringMatching(/^TEST \d+ of Rounds/) }]);
    await room.pass(15_000);
    room.workspace.phone.acknowledge(dedupKey, 'U0BEN00001');
    await room.pass(15_000);
    await room.queue.finish();
    expect(room.pages()).toMatchObject([{ status: 'resolved' }]);
    expect(announced).toMatchObject([
      { channel: 'C0GENERAL', lines: [`✅ Page test ${n} passed: Ben acknowledged after 30 s`] },
    ]);
    expect(await room.incidents.list(9, 'everything')).toEqual([]);
    await room.pass(60 * minute);
    expect(announced).toHaveLength(1);
    expect(await part()).toMatchObject([{ state: 'ok', message: expect.stringContaining('acknowledged after 30 s') }]);
    room.clock.move(36 * 86_400_000);
    expect(await part()).toMatchObject([{ state: 'warn' }]);
  });

  it('hears of it by the webhook, too', async () => {
    const { room, pageTests, announced } = await testing({ paging: { incidents: undefined, onCalls: undefined } });
    const secret = 'the-secret-of-the-tests';
    const log = memoryLog();
    const routes = { 'POST /hooks/pagerduty': pagerDutyHook(secret, room.incidents, log) };
    const web = await startWeb({ host: '127.0.0.1', port: 0, log, routes });
    onTestFinished(() => web.close());
    room.workspace.phone.sendWebhooks({ url: `http://127.0.0.1:${web.port}/hooks/pagerduty`, secret });
    const { n } = await pageTests.start(asker, undefined);
    await room.queue.finish();
    room.workspace.phone.acknowledge(`rounds:test:${n}`, 'U0BEN00001');
    await eventually(() => expect(announced).toMatchObject([{ lines: [expect.stringContaining('passed')] }]));
    // What PagerDuty tells of the end of a test is no second one.
    await room.queue.finish();
    expect(announced).toHaveLength(1);
  });

  it('that nobody acknowledges has failed, and the doctor says so', async () => {
    const { room, pageTests, announced, part } = await testing();
    await pageTests.start(asker, undefined);
    await expect(pageTests.start(asker, undefined)).rejects.toMatchObject({ code: 'conflict' });
    await room.queue.finish();
    await room.pass(15 * minute);
    await room.queue.finish();
    expect(announced[0]!.lines[0]).toMatch(/failed after 15 min: nobody acknowledged it within 15 min/);
    expect(room.pages()).toMatchObject([{ status: 'resolved' }]);
    expect(await part()).toMatchObject([
      { state: 'warn' },
      { state: 'warn', message: expect.stringContaining('failed') },
    ]);
    await pageTests.start(asker, undefined);
  });

  it('that PagerDuty refuses, or that reaches nobody, fails at once', async () => {
    const { room, pageTests, announced } = await testing();
    room.fault('pagerduty.enqueue', { kind: 'error', error: 'routing_key is wrong' });
    await pageTests.start(asker, undefined);
    await room.queue.run();
    expect(announced[0]!.lines[0]).toContain('routing_key is wrong');
    room.workspace.clearFaults();
    await room.queue.finish();
    room.workspace.phone.setOnCall([]);
    await pageTests.start(asker, undefined);
    await room.queue.finish();
    await room.pass(15_000);
    expect(announced[1]!.lines[0]).toContain('nobody is on call');
  });

  it('is not begun where nobody can be paged', async () => {
    const { pageTests } = await testing({ paging: { routingKey: undefined } });
    await expect(pageTests.start(asker, undefined)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('/ops page', () => {
  async function typed(room: Room, line: string, may = everything): Promise<string> {
    const actor = { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>' };
    const reply = await command.run(
      {
        services: { incidents: room.incidents, directory: room.directory } as unknown as Services,
        ...{ actor, face: 'slack', request: 'ABC123', clock: room.clock, log: memoryLog(), channel: 'C0GENERAL' },
        signal: new AbortController().signal,
        ...permissionsOf(may, actor),
      },
      line.split(' ').filter(Boolean),
    );
    return (reply as Reply).slack().text;
  }

  it('says whom NOT PAGED would name, when that was asked, and how the last test ended; `test` takes responder', async () => {
    const { room } = await testing();
    expect(await typed(room, '')).toMatch(/never proven.*\nNobody could be called/);
    await room.directory.refresh();
    room.clock.move(5 * minute);
    expect(await typed(room, '')).toMatch(/Would be called: Anna, then Ben\nWho is on call was last asked 5 min ago/);
    await expect(typed(room, 'test', viewersOnly)).rejects.toMatchObject({ code: 'forbidden' });
    expect(room.queue.waiting).toEqual([]);
    expect(await typed(room, 'test')).toMatch(/^📟 Test page \d+ leaves/);
    await room.queue.finish();
    expect(await typed(room, '')).toContain('PagerDuty has it, nobody has acknowledged yet');
    await expect(typed(room, 'tset')).rejects.toMatchObject({ code: 'invalid' });
  });
});
