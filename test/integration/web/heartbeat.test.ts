import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { Unmeasured } from '../../../src/kernel/check.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { createHeartbeat, type HeartbeatOptions } from '../../../src/web/heartbeat.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** An outside watchdog that counts the beats, and a heartbeat towards it. */
async function watched(answer: RequestListener, options: Partial<HeartbeatOptions> = {}) {
  const beats: string[] = [];
  const server = createServer((request, response) => {
    beats.push(`${request.method} ${request.url}`);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const log = memoryLog();
  const url = () => `http://127.0.0.1:${port}/ping/8c1f-secret`;
  const heartbeat = createHeartbeat({
    url,
    problem: async () => undefined,
    log,
    clock: systemClock,
    everyMs: 20,
    ...options,
  });
  open.push(
    () => heartbeat.stop(),
    async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  );
  heartbeat.start();
  return { beats, heartbeat, log, messages: () => log.lines.map(({ message }) => message) };
}

const taken: RequestListener = (_, response) => void response.end('OK');

test('goes out again and again, and says nothing about it', async () => {
  const { beats, log } = await watched(taken);
  await eventually(() => expect(beats.length).toBeGreaterThan(3));
  expect(new Set(beats)).toEqual(new Set(['GET /ping/8c1f-secret']));
  expect(log.lines).toEqual([]);
});

test('is withheld while something is wrong, which is said once, and goes out again after', async () => {
  let problem: string | undefined = 'queue: the oldest job waits for 300 s';
  let asked = 0;
  const { beats, messages } = await watched(taken, {
    problem: async () => {
      asked += 1;
      return problem;
    },
  });
  await eventually(() => expect(asked).toBeGreaterThan(3));
  expect(beats).toEqual([]);
  problem = undefined;
  await eventually(() => expect(beats.length).toBeGreaterThan(1));
  expect(messages()).toEqual(['no heartbeat: queue: the oldest job waits for 300 s', 'the heartbeat goes out again']);
});

test('a watchdog that refuses is said once, without its address', async () => {
  const { beats, messages } = await watched((_, response) => void response.writeHead(404).end());
  await eventually(() => expect(beats.length).toBeGreaterThan(3));
  expect(messages()).toEqual(['no heartbeat: the watchdog answers 404']);
});

test('a watchdog that hangs holds no beat longer than its deadline', async () => {
  const { beats, messages } = await watched(() => undefined, { timeoutMs: 30 });
  await eventually(() => expect(beats.length).toBeGreaterThan(2));
  expect(messages()).toEqual(["no heartbeat: the watchdog can't be reached (TimeoutError)"]);
});

test('an address that is not set is a problem with words, not a crash', async () => {
  const { messages } = await watched(taken, {
    url: () => {
      throw new Unmeasured('no_credentials', 'secret HEARTBEAT_URL is not set');
    },
  });
  await eventually(() => expect(messages()).toEqual(['no heartbeat: secret HEARTBEAT_URL is not set']));
});

test('stopping ends a beat on its way, and none follows', async () => {
  const { beats, heartbeat, log } = await watched(() => undefined);
  await eventually(() => expect(beats).toHaveLength(1));
  await heartbeat.stop();
  expect(beats).toHaveLength(1);
  expect(log.lines).toEqual([]);
});

test('after a hang one beat goes out, not one for each that was missed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const hang = Promise.withResolvers<undefined>();
  let asked = 0;
  const { beats, heartbeat } = await watched(taken, {
    everyMs: 60_000,
    problem: () => {
      asked += 1;
      return hang.promise;
    },
  });
  vi.advanceTimersByTime(600_000);
  hang.resolve(undefined);
  await eventually(() => expect(heartbeat.last()).toBeDefined());
  await heartbeat.stop();
  expect([asked, beats.length]).toEqual([1, 1]);
});

test('tells how the last beat went', async () => {
  const now = new Date('2026-11-23T12:00:00Z');
  let status = 200;
  const { heartbeat } = await watched((_, response) => void response.writeHead(status).end(), {
    clock: { now: () => now },
  });
  expect(heartbeat.last()).toBeUndefined();
  await eventually(() => expect(heartbeat.last()).toEqual({ at: now }));
  status = 404;
  await eventually(() => expect(heartbeat.last()).toEqual({ at: now, problem: 'the watchdog answers 404' }));
});
