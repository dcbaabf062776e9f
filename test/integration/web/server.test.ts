import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { PartHealth } from '../../../src/web/probes.ts';
import { healthz, readyz } from '../../../src/web/probes.ts';
import { startWeb, type WebOptions, type WebServer } from '../../../src/web/server.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';

const log = pino({ enabled: false });
const open: WebServer[] = [];
const echo: WebOptions['routes'] = { 'POST /in': async (body) => ({ status: 200, text: String(body.length) }) };

async function serve(over: Partial<WebOptions> = {}): Promise<{ url: string; port: number; web: WebServer }> {
  const web = await startWeb({ host: '127.0.0.1', port: 0, log, routes: { 'GET /healthz': healthz }, ...over });
  open.push(web);
  return { url: `http://127.0.0.1:${web.port}`, port: web.port, web };
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
    const head = await fetch(`${url}/healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
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

  it('takes all below a folder, after the paths that it has exactly, and adds headers', async () => {
    const says = (text: string) => async () => ({ status: 202, headers: { 'retry-after': '5' }, text });
    const { url } = await serve({ routes: { 'POST /in/*': says('below'), 'POST /in/door': says('door') } });
    const post = async (path: string) => {
      const answer = await fetch(url + path, { method: 'POST' });
      return [answer.status, answer.headers.get('retry-after'), await answer.text()];
    };
    expect(await post('/in/door')).toEqual([202, '5', 'door']);
    expect(await post('/in/door/further?x=1')).toEqual([202, '5', 'below']);
    expect((await post('/in'))[0]).toBe(404);
    expect((await post('/inside'))[0]).toBe(404);
    expect((await fetch(`${url}/in/x`)).status).toBe(404);
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
      routes: echo,
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

  it.each([
    ['nothing', ''],
    ['half a header', 'GET /healthz HTTP/1.1\r\nhos'],
    ['half a body', 'POST /in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf'],
  ])('closes soon although a client has sent %s, and does not call it an error', async (_, sent) => {
    const lines = memoryLog();
    const { url, web } = await serve({ log: lines, routes: { ...echo, 'GET /healthz': healthz } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    socket.write(sent);
    // By the time that a later connection is answered, the server has the first one.
    await fetch(`${url}/healthz`);
    const startedAt = performance.now();
    await Promise.all([web.close(), once(socket, 'close')]);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(lines.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it.each(['', 'GET /healthz HTTP/1.1\r\nhos', 'POST /in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf'])(
    'gives up a client that does not finish its request: %j',
    async (sent) => {
      const { port } = await serve({ receiveMs: 100, routes: echo });
      const socket = connect(port, '127.0.0.1');
      socket.resume();
      socket.write(sent);
      await once(socket, 'close');
    },
  );

  it('says nothing above debug of a client that leaves in the middle of its request', async () => {
    const lines = memoryLog();
    const { url, port } = await serve({ log: lines, routes: { ...echo, 'GET /healthz': healthz } });
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf');
    await once(socket, 'connect');
    await fetch(`${url}/healthz`);
    socket.destroy();
    await eventually(() =>
      expect(lines.lines).toMatchObject([{ level: 'debug', message: 'a request was broken off' }]),
    );
  });

  it('answers within its deadline when the database does not', async () => {
    let asked = 0;
    const hangs = () => {
      asked += 1;
      return new Promise<PartHealth>(() => {});
    };
    const { url } = await serve({ routes: { 'GET /readyz': readyz({ database: hangs }, 50) } });
    for (const _ of [1, 2]) {
      const res = await fetch(`${url}/readyz`);
      expect([res.status, await res.text()]).toEqual([503, 'database: no answer within 0.05 s\n']);
    }
    expect(asked).toBe(1);
  });

  it('names the port that is in use, and the remedy', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'unavailable',
      message: `Port ${port} on 127.0.0.1 is in use`,
      hint: expect.stringContaining('PORT'),
    });
  });

  it('names an address that is not ours, and the remedy', async () => {
    await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'unavailable',
      message: '192.0.2.1 is no address of this machine',
      hint: expect.stringContaining('HOST'),
    });
  });
});
