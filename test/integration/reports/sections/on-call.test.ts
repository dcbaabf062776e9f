import { beforeAll, describe, expect, it } from 'vitest';
import type { Contact } from '../../../../src/config/model.ts';
import onCall from '../../../../src/reports/sections/on-call.ts';
import type { Store } from '../../../../src/store/store.ts';
import { type Room, roomOf } from '../../../support/incidents.ts';
import { contextOf } from '../../../support/report-context.ts';
import { embeddedStore } from '../../../support/store.ts';

const hour = 3_600_000;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

const said = ({ directory, clock }: Room) =>
  onCall.run(contextOf({ now: clock.now(), sources: { directory } }), onCall.options.parse({}));

describe('on call', () => {
  it('names who is on call by PagerDuty and who comes next, without their numbers', async () => {
    const room = await roomOf(store);
    await room.directory.refresh();
    const first = (await room.directory.people('on-call'))[0]!.name;
    const result = await said(room);
    expect(result).toMatchObject({ attention: 'none', brief: `on call ${first}` });
    expect(result.tables![0]!.rows[0]).toEqual(['now', first]);
    expect(result.unknown).toBeUndefined();
    expect(JSON.stringify(result)).not.toMatch(/\+\d/);
  });

  it('an answer of long ago is no answer: it is unknown, with who was known last', async () => {
    const room = await roomOf(store);
    await room.directory.refresh();
    room.clock.move(2 * hour);
    const { brief, attention, unknown } = await said(room);
    expect([brief, attention]).toEqual([undefined, 'look']);
    expect(unknown).toEqual([
      expect.stringMatching(/^who is on call was asked last 2 h ago: look at PAGERDUTY_API_TOKEN; last known: \w/),
    ]);
  });

  it('that nobody could ever be asked is unknown', async () => {
    const room = await roomOf(store);
    room.workspace.fault('pagerduty.oncalls', { kind: 'http', status: 401 }, 9);
    await expect(room.directory.refresh()).rejects.toThrow();
    expect((await said(room)).unknown).toEqual([expect.stringContaining('who is on call could not be asked (')]);
  });

  it('nobody on call is shouted', async () => {
    const room = await roomOf(store, { paging: { onCalls: { ...nobody } } });
    await room.directory.refresh();
    expect(await said(room)).toMatchObject({
      attention: 'act',
      lines: [{ mark: 'fail', text: 'nobody is on call: a page reaches nobody' }],
    });
  });

  it('without PagerDuty it is the contacts; where nothing is set up that is no alarm', async () => {
    const contact = (name: string, over: Partial<Contact>): [string, Contact] => [name, { name, ...over }];
    const contacts = new Map([
      contact('on-call', { slack: '@primary', phone: '+15550100', backup: 'cto' }),
      contact('cto', { phone: '+15550101' }),
    ]);
    const room = await roomOf(store, { contacts, paging: { onCalls: undefined } });
    expect(await said(room)).toMatchObject({
      ...{ attention: 'none', brief: 'on call @primary' },
      lines: [{ text: 'now @primary, then cto', threadOnly: true }],
    });
    const bare = await said(await roomOf(store, { paging: { onCalls: undefined } }));
    expect(bare).toMatchObject({ attention: 'none', lines: [{ threadOnly: true, next: expect.any(String) }] });
    expect(bare.brief).toBeUndefined();
  });
});

const nobody = { now: async () => [], ofSchedules: async () => [], isAnybody: async () => false };
