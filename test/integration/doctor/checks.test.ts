import { describe, expect, it } from 'vitest';
import { checksPart } from '../../../src/doctor/parts/checks.ts';
import { Unmeasured } from '../../../src/kernel/check.ts';
import { checkOf } from '../../support/checks.ts';
import { bad, healthOf, held, service } from '../../support/health.ts';

const { signal } = new AbortController();

function refusing(id: string, reason: 'denied' | 'timeout', next?: string) {
  const run = async () => {
    throw new Unmeasured(reason, `${id} says no`, { next, retryable: false });
  };
  return checkOf(run, { id, fail: bad });
}

describe('the checks', () => {
  it('measures each: what is denied is a problem, what fails is not ours to tell', async () => {
    const down = service('down');
    down.state.status = 503;
    const denied = refusing('sql', 'denied', 'grant select on audit_logs to reader');
    const { health } = await healthOf([service('up').check, down.check, denied, refusing('far', 'timeout')]);
    expect(await checksPart(health).look(signal)).toEqual([
      { state: 'unknown', message: "far can't be measured: far says no" },
      { state: 'problem', message: 'sql: sql says no', fix: 'grant select on audit_logs to reader' },
      { state: 'ok', message: '2 of 4 can measure' },
    ]);
  });

  it('does not run what is rare and may cost: its last result counts', async () => {
    const rare = service('cost', { everyMs: 86_400_000 });
    const { health } = await healthOf([service('up').check, rare.check]);
    expect(await checksPart(health).look(signal)).toEqual([
      { state: 'ok', message: '1 of 2 can measure; not measured yet: cost' },
    ]);
    expect(rare.state.runs).toBe(0);
  });

  it('tells what was measured when others take too long', async () => {
    const slow = held('slow');
    const { health } = await healthOf([service('up').check, slow.check]);
    const over = new AbortController();
    const until = {
      async *measure(options: Parameters<typeof health.measure>[0]) {
        for await (const report of health.measure(options)) {
          yield report;
          if (!report.pending.includes('up')) over.abort();
        }
      },
    };
    expect(await checksPart(until).look(over.signal)).toEqual([
      { state: 'unknown', message: 'no result within 8 s: slow' },
      { state: 'ok', message: '1 of 2 can measure' },
    ]);
    slow.release();
  });

  it('waits no longer than it may', async () => {
    const slow = held('slow');
    const { health } = await healthOf([slow.check]);
    expect(await checksPart(health, { withinMs: 50 }).look(signal)).toMatchObject([{ state: 'unknown' }]);
    slow.release();
  });
});
