import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { PartHealth } from '../../../src/web/probes.ts';
import { healthz, readyz } from '../../../src/web/probes.ts';
import { startWeb, type WebOptions, type WebServer } from '../../../src/web/server.ts';

const log = pino({ enabled: false });
const open: WebServer[] = [];

async function serve(over: Partial<WebOptions> = {}): Promise<{ url: string; port: number }> {
  const web = await startWeb({ host: '127.0.0.1', port: 0, log, routes: { 'GET /healthz': healthz }, ...over });
  open.push(web);
  return { url: `http://127.0.0.1:${web.port}`, port: web.port };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((web) => web.close()));
});

describe('the web server', () => {
  it('answers the paths it has and no others', async () => {
    const { url } = await serve();
    expect(await fetch(`${url}/healthz`).then((res) => [res.status, res.headers.get('content-type')])).toEqual([
      200,
      'text/plain; charset=utf-8',
    ]);
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/slack/events`, { method: 'POST' })).status).toBe(404);
  });

  it('says which part is not ready', async () => {
    const database: PartHealth = { ok: false, problem: 'unreachable' };
    const { url } = await serve({
      routes: { 'GET /readyz': readyz({ slack: async () => ({ ok: true }), database: async () => database }) },
    });
    const res = await fetch(`${url}/readyz`);
    expect([res.status, await res.text()]).toEqual([503, 'slack: ok\ndatabase: unreachable\n']);
  });

  it('hands Slack its requests with the body read, also when the body is 1 MB', async () => {
    const bodies: number[] = [];
    const { url } = await serve({
      slackEvents: (req, res) => {
        bodies.push((req as typeof req & { rawBody: Buffer }).rawBody.length);
        res.end('ack');
      },
    });
    const send = (bytes: number) => fetch(`${url}/slack/events`, { method: 'POST', body: 'x'.repeat(bytes) });
    expect((await send(1024 * 1024)).status).toBe(200);
    expect((await send(1024 * 1024 + 1)).status).toBe(413);
    expect(bodies).toEqual([1024 * 1024]);
  });

  it('refuses a body that grows past 1 MB without saying its length', async () => {
    const { port } = await serve({
      routes: { 'POST /in': async (body) => ({ status: 200, text: String(body.length) }) },
    });
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => (answer += data));
    socket.on('error', () => socket.destroy());
    socket.write('POST /in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent < 20; sent += 1) socket.write(chunk);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 413/);
  });

  it('survives a route that throws', async () => {
    const { url } = await serve({
      routes: {
        'GET /bug': async () => {
          throw new Error('bug');
        },
        'GET /healthz': healthz,
      },
    });
    expect((await fetch(`${url}/bug`)).status).toBe(500);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('names the port that is in use, and the remedy', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'unavailable',
      message: `Port ${port} on 127.0.0.1 is in use`,
      hint: expect.stringContaining('PORT'),
    });
  });
});
