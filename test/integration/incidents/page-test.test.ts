import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { pageTestPart } from '../../../src/doctor/parts/reaching.ts';
import { pagerDutyHook } from '../../../src/pagerduty-hook.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWeb } from '../../../src/web/server.ts';
import { eventually } from '../../support/eventually.ts';
import { asker, type RoomOptions, roomOf } from '../../support/incidents.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const minute = 60_000;

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
