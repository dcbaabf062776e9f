import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import type { ProbeRoom } from '../../../src/health/attempt.ts';
import { createBatch } from '../../../src/health/batch.ts';
import { type ProbeResult, runProbe } from '../../../src/health/probe.ts';
import { type Measurement, Unmeasured } from '../../../src/kernel/check.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { checkOf, type Run } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';

async function probe(
  run: Run,
  over: Partial<Check> = {},
  sweep = new AbortController().signal,
  reported?: ProbeRoom['reported'],
) {
  const log = memoryLog();
  const room = { clock: systemClock, reveal: String, site: { dir: '/', scriptDirs: [] }, log, reported };
  const batch = createBatch();
  const result: ProbeResult = await runProbe(checkOf(run, over), room, {
    previous: undefined,
    signal: sweep,
    batch: (signal) => batch.forAttempt(signal, () => {}),
    look: (facts) => (facts.bad ? 'bad' : facts.unclear ? 'unclear' : 'good'),
  });
  return { result, log };
}

describe('runProbe', () => {
  test('measures', async () => {
    const { result } = await probe(async () => ({ facts: { latency_ms: 3, big: 7n } }));
    expect(result).toMatchObject({ kind: 'measured', facts: { latency_ms: 3, big: 7 }, attempts: 1 });
  });

  test('reads what was reported under its own id alone', async () => {
    const run: Run = async ({ reported }) => ({ facts: { runs: (await reported()).runs.length } });
    const since = new Date();
    const reported = async (id: string) => ({ since, okAt: undefined, okStartedAt: undefined, runs: Array(id.length) });
    const { result } = await probe(run, { id: 'backup' }, undefined, reported);
    expect(result).toMatchObject({ kind: 'measured', facts: { runs: 'backup'.length } });
    const without = await probe(run);
    expect(without.result).toMatchObject({ kind: 'unmeasured', reason: 'misconfigured' });
  });

  test('keeps nothing where nothing is kept: unknown, not forgotten', async () => {
    const { result } = await probe(async ({ kept }) => ({ facts: { known: await kept.read('key') } }));
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'misconfigured' });
  });

  test.each<[string, Run]>([
    [
      'throws at once',
      () => {
        throw new TypeError('postgres://user:hunter2@db/');
      },
    ],
    [
      'rejects',
      async () => {
        throw new TypeError('postgres://user:hunter2@db/');
      },
    ],
  ])('a probe that %s is unknown, logged, and its message is not shown', async (_, run) => {
    const { result, log } = await probe(run);
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'error', next: 'see the log for check a' });
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(JSON.stringify(result)).toContain('TypeError');
    expect(log.lines.map((line) => line.message)).toContain('probe failed unexpectedly');
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'invalid_answer'],
    ['no facts', {}, 'invalid_answer'],
    ['a list', { facts: [1] }, 'invalid_answer'],
    ['text', { facts: 'status: 200' }, 'invalid_answer'],
    ['50 MB', { facts: { body: 'x'.repeat(50_000_000) } }, 'too_large'],
  ])('a probe that returns %s is unknown', async (_, answer, reason) => {
    const { result } = await probe(async () => answer as Measurement);
    expect(result).toMatchObject({ kind: 'unmeasured', reason });
  });

  test('what a probe makes of its own timeout at once is its answer', async () => {
    const { result } = await probe(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ facts: { reachable: false } }));
        }),
      { timeoutMs: 30, attempts: 1 },
    );
    expect(result).toMatchObject({ kind: 'measured', facts: { reachable: false } });
  });

  test('parts end before the attempt does, so that the rest is told', async () => {
    const run: Run = async ({ signal, partsSignal }) => {
      const [reason] = await once(partsSignal, 'abort').then(() => [partsSignal.reason]);
      return { facts: { part: String(reason.message), over: signal.aborted } };
    };
    const { result } = await probe(run, { timeoutMs: 800 });
    const part = 'the probe of a test: no answer within 720 ms';
    expect(result).toMatchObject({ kind: 'measured', facts: { part, over: false }, attempts: 1 });
  });

  test('parts end with the sweep, and with the attempt', async () => {
    const sweep = new AbortController();
    const seen: AbortSignal[] = [];
    const ended = probe(
      async ({ partsSignal }) => {
        seen.push(partsSignal);
        sweep.abort(new Unmeasured('timeout', 'the sweep is over'));
        return once(partsSignal, 'abort').then(() => ({ facts: {} }));
      },
      { timeoutMs: 60_000 },
      sweep.signal,
    );
    expect((await ended).result).toMatchObject({ kind: 'unmeasured', reason: 'timeout' });
    await probe(async ({ partsSignal }) => {
      seen.push(partsSignal);
      return { facts: {} };
    });
    expect(seen.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test('a probe that ignores its signal ends at its timeout', async () => {
    const { result } = await probe(() => new Promise(() => {}), { timeoutMs: 30 });
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'timeout', attempts: 1 });
    expect(result.durationMs).toBeGreaterThanOrEqual(29);
    if (result.kind === 'unmeasured') expect(result.message).toContain('no answer within 30 ms');
  });

  test('at its timeout the socket it waits on is closed', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const closed = new Promise<void>((done) =>
      server.once('connection', (socket) => socket.once('close', () => done())),
    );
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { result } = await probe(
      async ({ signal }) => ({ facts: { status: (await fetch(`http://127.0.0.1:${port}/`, { signal })).status } }),
      { timeoutMs: 200 },
    );
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'timeout' });
    await closed;
  });

  test('a late rejection of a probe that was given up is no unhandled one', async () => {
    const late = Promise.withResolvers<Measurement>();
    const { log } = await probe(() => late.promise, { timeoutMs: 20 });
    late.reject(new Error('too late'));
    await expect.poll(() => log.lines.map((line) => line.message)).toContain('probe ended after its attempt was over');
  });

  test('what cannot be measured is tried again when that may help', async () => {
    let tries = 0;
    const { result } = await probe(
      async () => {
        tries += 1;
        if (tries < 3) throw new Unmeasured('unreachable', 'connection refused');
        return { facts: { tries } };
      },
      { attempts: 3 },
    );
    expect(result).toMatchObject({ kind: 'measured', facts: { tries: 3 }, attempts: 3 });
  });

  test('a denial is not tried again', async () => {
    let tries = 0;
    const { result } = await probe(
      async () => {
        tries += 1;
        throw new Unmeasured('denied', 'AccessDenied', { next: 'grant it' });
      },
      { attempts: 3 },
    );
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'denied', next: 'grant it', attempts: 1 });
    expect(tries).toBe(1);
  });

  test('a measured failure is tried again before it is believed', async () => {
    let tries = 0;
    const { result } = await probe(async () => ({ facts: { bad: ++tries === 1 } }), { attempts: 2 });
    expect(result).toMatchObject({ kind: 'measured', facts: { bad: false }, attempts: 2 });
  });

  test('a failure that was measured is not hidden by a second try that measures nothing', async () => {
    let tries = 0;
    const { result } = await probe(
      async () => {
        tries += 1;
        if (tries > 1) throw new Unmeasured('denied', 'no');
        return { facts: { bad: true } };
      },
      { attempts: 2 },
    );
    expect(result).toMatchObject({ kind: 'measured', facts: { bad: true }, attempts: 2 });
  });

  test('a failure that was measured is not hidden by later tries that can not be judged', async () => {
    const answers = [{ bad: true }, { unclear: true }, { unclear: true }];
    const { result } = await probe(async () => ({ facts: answers.shift() ?? {} }), { attempts: 3 });
    expect(result).toMatchObject({ kind: 'measured', facts: { bad: true }, attempts: 3 });
    const first = await probe(async () => ({ facts: { unclear: true } }), { attempts: 3 });
    expect(first.result).toMatchObject({ kind: 'measured', facts: { unclear: true }, attempts: 1 });
  });

  test('a try that the end of the sweep cuts off says less than the one before', async () => {
    const sweep = new AbortController();
    let tries = 0;
    const { result } = await probe(
      () => {
        tries += 1;
        if (tries === 1) throw new Unmeasured('unreachable', 'refused');
        sweep.abort(new Unmeasured('timeout', 'the deadline passed', { retryable: false }));
        return new Promise(() => {});
      },
      { attempts: 3 },
      sweep.signal,
    );
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'unreachable', message: 'refused', attempts: 1 });
    expect(tries).toBe(2);
  });

  test('the end of the sweep ends the wait between two tries, and what was found before counts', async () => {
    const sweep = new AbortController();
    const deadline = new Unmeasured('timeout', 'not measured: the deadline passed', { retryable: false });
    const { result } = await probe(
      async () => {
        setImmediate(() => sweep.abort(deadline));
        throw new Unmeasured('unreachable', 'refused');
      },
      { attempts: 2, retryDelayMs: 3_600_000 },
      sweep.signal,
    );
    expect(result).toMatchObject({ kind: 'unmeasured', reason: 'unreachable', message: 'refused', attempts: 1 });
  });

  test('a probe whose sweep is over does not begin', async () => {
    let begun = false;
    const { result } = await probe(
      async () => {
        begun = true;
        return { facts: {} };
      },
      {},
      AbortSignal.abort(),
    );
    expect(begun).toBe(false);
    expect(result).toMatchObject({ kind: 'unmeasured', message: 'not measured: the sweep was stopped', attempts: 0 });
  });
});
