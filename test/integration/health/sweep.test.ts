import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import type { ProbeResult } from '../../../src/health/probe.ts';
import { runSweep, type SweepLimits } from '../../../src/health/sweep.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { checkOf, condition, type Run } from '../../support/checks.ts';
import { memoryLog } from '../../support/memory-log.ts';

async function sweep(checks: Check[], limits: Partial<SweepLimits> = {}, signal = new AbortController().signal) {
  const results = new Map<string, ProbeResult>();
  const begun = performance.now();
  await runSweep({
    checks,
    limits: { concurrent: 100, perLane: 100, deadlineMs: 10_000, ...limits },
    room: { clock: systemClock, reveal: String, site: { dir: '/', scriptDirs: [] }, log: memoryLog() },
    signal,
    previous: () => undefined,
    onResult: (check, result) => results.set(check.id, result),
  });
  return { results, tookMs: performance.now() - begun };
}

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` };
}

/** A probe that asks `url` and follows its signal, as an honest check type does. */
function asking(url: string): Run {
  return async ({ signal }) => {
    const answer = await fetch(url, { signal });
    await answer.arrayBuffer();
    return { facts: { status: answer.status } };
  };
}

describe('runSweep', () => {
  test('what hangs ends at the deadline, unknown, its sockets closed; the healthy are unaffected', async () => {
    const open = new Set<object>();
    const { server, url } = await serve((request, response) => {
      if (request.url === '/hang') return;
      response.end('{}');
    });
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    const checks = Array.from({ length: 100 }, (_, n) =>
      checkOf(asking(n % 10 === 0 ? `${url}hang` : url), { id: `c${n}`, timeoutMs: 60_000, attempts: 3 }),
    );
    const { results, tookMs } = await sweep(checks, { deadlineMs: 2_000 });
    expect(tookMs).toBeGreaterThanOrEqual(1_999);
    expect(tookMs).toBeLessThan(30_000);
    for (const [id, result] of results) {
      if (id.endsWith('0')) {
        expect(result).toMatchObject({
          kind: 'unmeasured',
          reason: 'timeout',
          message: "not measured: the sweep's deadline of 2 s passed",
        });
      } else expect(result).toMatchObject({ kind: 'measured', facts: { status: 200 } });
    }
    server.closeIdleConnections();
    await expect.poll(() => open.size).toBe(0);
  });

  test('checks that wait for a place when the deadline passes are unknown and never begin', async () => {
    let begun = 0;
    const hang: Run = () => {
      begun += 1;
      return new Promise(() => {});
    };
    const checks = ['a', 'b', 'c'].map((id) => checkOf(hang, { id, timeoutMs: 60_000, lane: 'one' }));
    const { results } = await sweep(checks, { deadlineMs: 50, perLane: 1 });
    expect(begun).toBe(1);
    expect([...results.values()].map((result) => result.kind)).toEqual(['unmeasured', 'unmeasured', 'unmeasured']);
  });

  test('no more than so many in a lane and in all', async () => {
    const now = new Map<string, number>();
    const most = new Map<string, number>();
    const change = (lane: string, by: number) => {
      now.set(lane, (now.get(lane) ?? 0) + by);
      most.set(lane, Math.max(most.get(lane) ?? 0, now.get(lane) ?? 0));
    };
    const { url } = await serve((_, response) => response.end());
    const checks = Array.from({ length: 60 }, (_, n) => {
      const lane = `host:${n % 3}`;
      const ask = asking(url);
      return checkOf(
        async (probe) => {
          for (const name of [lane, 'all']) change(name, 1);
          const answer = await ask(probe);
          for (const name of [lane, 'all']) change(name, -1);
          return answer;
        },
        { id: `c${n}`, lane },
      );
    });
    const { results } = await sweep(checks, { concurrent: 7, perLane: 3 });
    expect([...results.values()].every((result) => result.kind === 'measured')).toBe(true);
    expect(most.get('all')).toBe(7);
    for (const lane of ['host:0', 'host:1', 'host:2']) expect(most.get(lane)).toBe(3);
  });

  test('batched questions of more checks than a lane holds still share one call', async () => {
    const calls: number[] = [];
    const checks = Array.from({ length: 40 }, (_, n) =>
      checkOf(
        async ({ batch }) => ({
          facts: {
            value: await batch.load('metrics', n, {
              max: 500,
              ask: async (questions) => {
                calls.push(questions.length);
                return questions;
              },
            }),
          },
        }),
        { id: `c${n}`, lane: 'aws:cloudwatch' },
      ),
    );
    const { results } = await sweep(checks, { concurrent: 5, perLane: 2 });
    expect(calls).toEqual([40]);
    expect(results.get('c39')).toMatchObject({ kind: 'measured', facts: { value: 39 } });
  });

  test('one batched call that hangs times its own checks out and no others', async () => {
    const asks = (key: string, ask: (questions: string[], signal: AbortSignal) => Promise<string[]>, id: string) =>
      checkOf(async ({ batch }) => ({ facts: { answer: await batch.load(key, id, { max: 9, ask }) } }), {
        id,
        timeoutMs: 100,
      });
    const aborted = Promise.withResolvers<void>();
    const hang = (_: string[], signal: AbortSignal) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return new Promise<string[]>(() => {});
    };
    const checks = [asks('slow', hang, 'a'), asks('slow', hang, 'b'), asks('fast', async (all) => all, 'c')];
    const { results } = await sweep(checks);
    expect(results.get('a')).toMatchObject({ kind: 'unmeasured', reason: 'timeout' });
    expect(results.get('b')).toMatchObject({ kind: 'unmeasured', reason: 'timeout' });
    expect(results.get('c')).toMatchObject({ kind: 'measured', facts: { answer: 'c' } });
    await aborted.promise;
  });

  test('a failure by its own rules is tried again', async () => {
    let tries = 0;
    const check = checkOf(async () => ({ facts: { status: ++tries === 1 ? 503 : 200 } }), {
      attempts: 2,
      fail: [condition('status != 200', (facts) => facts.status !== 200)],
    });
    const { results } = await sweep([check]);
    expect(results.get('a')).toMatchObject({ kind: 'measured', facts: { status: 200 }, attempts: 2 });
  });

  test('a check type whose lane or describe throws spoils nothing', async () => {
    const boom = () => {
      throw new Error('boom');
    };
    const broken = checkOf(async () => ({ facts: {} }), { id: 'lane' });
    const worse = checkOf(() => new Promise(() => {}), { id: 'describe', timeoutMs: 10 });
    broken.definition = { ...broken.definition, lane: boom };
    worse.definition = { ...worse.definition, describe: boom };
    const { results } = await sweep([broken, worse]);
    expect(results.get('lane')?.kind).toBe('measured');
    expect(results.get('describe')).toMatchObject({ kind: 'unmeasured', reason: 'timeout' });
  });

  test('a stopped sweep ends at once', async () => {
    const stop = new AbortController();
    const checks = ['a', 'b'].map((id) =>
      checkOf(
        () => {
          setImmediate(() => stop.abort());
          return new Promise(() => {});
        },
        { id, timeoutMs: 60_000 },
      ),
    );
    const { results } = await sweep(checks, { deadlineMs: 60_000 }, stop.signal);
    expect(results.get('b')).toMatchObject({ kind: 'unmeasured', message: 'not measured: the sweep was stopped' });
  });
});
