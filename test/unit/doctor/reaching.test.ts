import { describe, expect, it } from 'vitest';
import type { OnCallState } from '../../../src/directory/model.ts';
import { directoryPart, pageTestPart, reachingPart } from '../../../src/doctor/parts/reaching.ts';
import { testClock } from '../../support/checks.ts';

const { signal } = new AbortController();
const clock = testClock('2026-11-23T09:00:00Z');
const ago = (ms: number) => new Date(clock.now().getTime() - ms);
const minute = 60_000;

describe('the directory', () => {
  const look = (state: Partial<OnCallState>, over: Partial<Parameters<typeof directoryPart>[0]> = {}) =>
    directoryPart({
      ...{ asks: true, contacts: 2, tryOut: false, clock },
      state: async () => ({ answeredAt: ago(5 * minute), problem: undefined, people: 2, withPhone: 2, ...state }),
      ...over,
    }).look(signal);

  it.each([
    ['ok', {}, '2 contacts in ops.yml; 2 on call, 2 with a number, as of 5 min ago'],
    ['warn', { people: 0, withPhone: 0 }, '0 on call'],
    ['warn', { withPhone: 1 }, '1 with a number'],
    ['ok', { problem: 'PagerDuty answers 503' }, 'as of 5 min ago'],
    ['warn', { problem: 'PagerDuty answers 503', answeredAt: ago(61 * minute) }, 'PagerDuty answers 503'],
    ['warn', { problem: 'PagerDuty answers 401', answeredAt: undefined }, 'never asked: PagerDuty answers 401'],
    ['ok', { answeredAt: undefined }, 'never asked so far'],
  ] as const)('%s: %j', async (state, known, words) => {
    expect(await look(known)).toMatchObject([{ state, message: expect.stringContaining(words) }]);
  });

  it('without a token stands on the contacts of ops.yml', async () => {
    expect(await look({}, { asks: false })).toMatchObject([{ state: 'ok' }]);
    expect(await look({}, { asks: false, contacts: 0 })).toMatchObject([{ state: 'warn' }]);
    expect(await look({}, { asks: false, contacts: 0, tryOut: true })).toMatchObject([{ state: 'ok' }]);
  });
});

describe('escalation', () => {
  it('warns of each way that leads nowhere; in a try-out nothing leaves anyway', async () => {
    const remarks = async () => ['p2 tells by e-mail off hours, and SMTP_URL is not set'];
    expect(await reachingPart({ remarks, tryOut: false }).look(signal)).toMatchObject([{ state: 'warn' }]);
    expect(await reachingPart({ remarks, tryOut: true }).look(signal)).toMatchObject([{ state: 'ok' }]);
    expect(await reachingPart({ remarks: async () => [], tryOut: false }).look(signal)).toMatchObject([
      { state: 'ok' },
    ]);
  });
});

describe('the test of paging', () => {
  it('is no matter where nobody can be paged, and no warning in a try-out', async () => {
    const never = { last: async () => ({}), clock };
    expect(await pageTestPart({ ...never, configured: false, tryOut: false }).look(signal)).toMatchObject([
      { state: 'ok' },
    ]);
    expect(await pageTestPart({ ...never, configured: true, tryOut: true }).look(signal)).toMatchObject([
      { state: 'ok' },
    ]);
  });
});
