import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';

let workspace: Workspace;
let server: Server;
const heard: IncomingHttpHeaders[] = [];
let answers: ((response: ServerResponse) => void)[];

beforeEach(async () => {
  heard.length = 0;
  workspace = await startWorkspace({ retryDelaysMs: [0, 0, 0] });
  server = createServer((request, response) => {
    request.resume();
    heard.push(request.headers);
    answers.shift()?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  workspace.connectHttp({ url, signingSecret: 'secret' });
});

afterEach(async () => {
  await workspace.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('come with their number and the reason of the failure before, and stop once acknowledged', async () => {
  answers = [
    () => workspace.setAckDeadline(5000),
    (response) => response.writeHead(500).end(),
    (response) => response.writeHead(200).end(),
  ];
  workspace.setAckDeadline(1000);
  await workspace.user('anna').openHome();
  await workspace.waitFor(() => workspace.deliveries.length === 3, { what: 'the acknowledged attempt' });
  expect(heard.map((h) => [h['x-slack-retry-num'], h['x-slack-retry-reason']])).toEqual([
    [undefined, undefined],
    ['1', 'http_timeout'],
    ['2', 'http_error'],
  ]);
  expect(workspace.deliveries.map((d) => d.outcome)).toEqual(['timeout', 'failed', 'acked']);
});

it('do not happen for commands and interactions', async () => {
  answers = [(response) => response.writeHead(500).end(), (response) => response.writeHead(200).end()];
  expect(await workspace.user('anna').command('#ops', '/ops')).toMatchObject({ error: 'dispatch_failed' });
  await workspace.user('anna').openHome();
  expect(workspace.deliveries.map((d) => d.type)).toEqual(['slash_commands', 'events_api']);
});
