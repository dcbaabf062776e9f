import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createDirectory } from '../../../src/directory/directory.ts';
import type { OnCall, OnCalls } from '../../../src/paging/on-call.ts';
import { createOnCalls } from '../../../src/paging/on-call.ts';
import type { Store } from '../../../src/store/store.ts';
import { startWorkspace } from '../../../src/workspace/workspace.ts';
import { queueByHand } from '../../support/alerts.ts';
import { testClock } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(async () => {
  await store.pool.query('truncate on_call, on_call_asked');
});

const anna: OnCall = {
  userId: 'PANNA',
  name: 'Anna',
  email: 'a@example.com',
  phones: ['+15550101'],
  level: 1,
  policyId: 'P1',
};

function directoryOf(answer: () => OnCall[] | Error, contacts = new Map()) {
  const clock = testClock();
  const asked: (readonly string[] | undefined)[] = [];
  const said = async () => {
    const found = answer();
    if (found instanceof Error) throw found;
    return found;
  };
  const onCalls: OnCalls = {
    now: (ids) => {
      asked.push(ids);
      return said();
    },
    ofSchedules: (ids) => {
      asked.push(ids);
      return said();
    },
    isAnybody: async () => true,
  };
  const directory = createDirectory({ store, clock, log: memoryLog(), contacts, onCalls, policy: undefined });
  return { directory, clock, asked };
}

describe('the directory', () => {
  it('keeps who is on call for the hour in which PagerDuty is away', async () => {
    const workspace = await startWorkspace();
    onTestFinished(() => workspace.close());
    const { phone } = workspace;
    const onCalls = createOnCalls({ url: phone.apiUrl, token: phone.apiToken });
    const clock = testClock();
    const ports = { store, clock, log: memoryLog(), contacts: new Map(), onCalls, policy: 'PROUNDS' };
    const queue = queueByHand();
    const directory = createDirectory(ports);
    const [schedule] = directory.takeOn(queue);
    await store.transaction((tx) => schedule!.enqueue(tx, clock.now(), 'slot', undefined));
    await queue.finish();
    workspace.fault('pagerduty.oncalls', { kind: 'http', status: 503 }, 9);
    clock.move(3_600_000);
    await expect(directory.refresh()).rejects.toMatchObject({ reason: 'unavailable' });
    // Another process reads what this one kept.
    expect(await createDirectory(ports).people('on-call')).toMatchObject([
      { name: 'Anna', phones: [/^\+1202/].map(() => expect.any(String)) },
    ]);
    expect(await directory.state()).toMatchObject({ people: 2, withPhone: 2, problem: 'PagerDuty answers 503' });
    workspace.clearFaults();
    await directory.refresh();
    expect((await directory.state()).problem).toBeUndefined();
  });

  it('asks when the bot starts, unless that was done lately: an incident may come before the next regular time', async () => {
    const { directory, clock, asked } = directoryOf(() => [anna]);
    const queue = queueByHand();
    directory.takeOn(queue);
    await directory.begin(queue);
    await directory.begin(queue);
    await queue.finish();
    expect(asked.length).toBe(1);
    expect(await directory.people('on-call')).toMatchObject([{ name: 'Anna' }]);
    clock.move(9 * 60_000);
    await directory.begin(queue);
    expect(queue.waiting).toEqual([]);
    clock.move(2 * 60_000);
    await directory.begin(queue);
    await queue.finish();
    expect(asked.length).toBe(2);
  });

  it('keeps the numbers that it knew when PagerDuty does not tell them', async () => {
    let found: OnCall[] = [anna];
    const { directory } = directoryOf(() => found);
    await directory.refresh();
    found = [{ ...anna, phones: [], phonesUnknown: 'PagerDuty answers 500' }];
    await directory.refresh();
    expect(await directory.people('on-call')).toMatchObject([{ phones: ['+15550101'] }]);
    found = [{ ...anna, phones: [] }];
    await directory.refresh();
    expect(await directory.people('on-call')).toMatchObject([{ phones: [] }]);
  });

  it('forgets after a month who is not on call any more', async () => {
    let found: OnCall[] = [anna];
    const { directory, clock } = directoryOf(() => found);
    await directory.refresh();
    found = [];
    clock.move(29 * 86_400_000);
    await directory.refresh();
    expect(await directory.people('on-call')).toMatchObject([{ name: 'Anna', onCall: { current: false } }]);
    clock.move(2 * 86_400_000);
    await directory.refresh();
    expect(await directory.people('on-call')).toEqual([]);
  });

  it('asks for the policies and schedules that are named, and for all where on-call names none', async () => {
    const nights = { name: 'nights', pagerduty: { schedule: 'S1', level: 1 } };
    const all = directoryOf(() => [], new Map([['nights', nights]]));
    await all.directory.refresh();
    expect(all.asked).toEqual([[], ['S1']]);
    const named = new Map([['on-call', { name: 'on-call', pagerduty: { policy: 'P1', level: 1 } }]]);
    const one = directoryOf(() => [], named);
    await one.directory.refresh();
    expect(one.asked).toEqual([['P1']]);
  });
});
