import { createServer, type ServerResponse } from 'node:http';
import { WebClient } from '@slack/web-api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { boltLog } from '../../../src/slack/bolt-log.ts';
import { type Call, clientOptions, createCall } from '../../../src/slack/caller.ts';
import { listenOn } from '../../support/listen.ts';
import { memoryLog } from '../../support/memory-log.ts';

/** A Slack whose answers the test gives one by one. */
async function slackByHand(): Promise<{ call: Call; asked: ServerResponse[] }> {
  const asked: ServerResponse[] = [];
  const server = createServer((_, response) => void asked.push(response));
  const stopped = new AbortController();
  const apiUrl = `http://127.0.0.1:${await listenOn(server)}/`;
  onTestFinished(() => {
    stopped.abort();
    server.closeAllConnections();
    server.close();
  });
  const client = new WebClient('xoxb-1', {
    ...clientOptions(apiUrl, 5_000, stopped.signal),
    logger: boltLog(memoryLog()),
  });
  const token = { refused: () => {}, accepted: () => {} };
  return { call: createCall({ client, slowClient: client, token, signal: stopped.signal }), asked };
}

function tooMany(response: ServerResponse, retryAfterSeconds: number): void {
  response.writeHead(429, { 'retry-after': String(retryAfterSeconds) }).end();
}

test('a 429 that asks for no pause at all gets one of a second, and an end', async () => {
  const { call, asked } = await slackByHand();
  const answered = vi.waitUntil(() => asked.at(-1), { timeout: 5_000 }).then((first) => tooMany(first!, 0));
  const failed = expect(call('chat.update', {}, { patienceMs: 500 })).rejects.toMatchObject({
    reason: 'rate_limited',
    retryable: true,
    retryAfterMs: expect.toSatisfy((ms: number) => ms > 500 && ms <= 1_000),
  });
  await answered;
  await failed;
  expect(asked).toHaveLength(1);
});

test('a short pause takes nothing off a longer one of the same lane, and who has no time for it hears how long it is', async () => {
  const { call, asked } = await slackByHand();
  const both = [1, 2].map(() => call('chat.update', {}, { patienceMs: 0, lane: 'one' }));
  const refused = Promise.allSettled(both);
  await vi.waitUntil(() => asked.length === 2, { timeout: 5_000 });
  tooMany(asked[0]!, 30);
  await Promise.race(both).catch(() => 'the longer pause is known');
  tooMany(asked[1]!, 1);
  await refused;
  await expect(call('chat.update', {}, { patienceMs: 5_000, lane: 'one' })).rejects.toMatchObject({
    retryAfterMs: expect.toSatisfy((ms: number) => ms > 20_000 && ms <= 30_000),
  });
  expect(asked).toHaveLength(2);
});
