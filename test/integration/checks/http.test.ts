import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import https from 'node:https';
import type { AddressInfo, LookupFunction, Socket } from 'node:net';
import net from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { httpParams } from '../../../src/checks/http/params.ts';
import { probeHttp } from '../../../src/checks/http/probe.ts';
import http from '../../../src/checks/http.ts';
import { judgedByDefault, measure, probeOf, whyUnmeasured } from '../../support/probes.ts';

const tls = join(import.meta.dirname, '../../support/tls');
const pem = (name: string) => readFileSync(join(tls, name), 'utf8');

const opened: (net.Server | Server)[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of opened.splice(0)) server.close();
});

async function listen(server: net.Server | Server): Promise<string> {
  opened.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://${await listen(createServer(listener))}`;
}

async function serveTls(certificate: string, onHandshake: (socket: TLSSocket) => void = () => {}): Promise<string> {
  const server = https.createServer(
    { key: pem(`${certificate}.key`), cert: pem(`${certificate}.pem`) },
    (_, response) => response.end('ok'),
  );
  server.on('secureConnection', onHandshake);
  return `https://localhost:${(await listen(server)).split(':')[1]}`;
}

/** An address where nobody listens. */
async function closedPort(): Promise<string> {
  const server = net.createServer();
  const address = await listen(server);
  server.close();
  await once(server, 'close');
  return address;
}

/** Aborts as the runner does at a check's timeout, once `moment` has come. */
function abortAfter(moment: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void moment.then(() => controller.abort());
  return controller.signal;
}

/** `once` would reject when the client resets the connection. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

const json =
  (body: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  };

describe('an answer', () => {
  it('healthy: status, latency, size and the parsed body', async () => {
    const url = await serve(json({ status: 'healthy', database: { connected: true, latency: 12 } }));
    const facts = await measure(http, { url });
    expect(facts).toMatchObject({
      reachable: true,
      error: '',
      status: 200,
      content_type: 'application/json; charset=utf-8',
      location: '',
      json: { status: 'healthy', database: { connected: true, latency: 12 } },
      json_error: '',
      body_bytes: 63,
    });
    expect(facts.latency_ms).toBeGreaterThan(0);
    expect(judgedByDefault(http, { url }, facts)).toBe('ok');
  });

  it('measures only the facts that it declares', async () => {
    const url = await serve(json({}));
    const specs = http.facts(httpParams.parse({ url }));
    expect(Object.keys(await measure(http, { url })).filter((name) => !(name in specs))).toEqual([]);
  });

  it('degraded: latency counts to the last byte', async () => {
    const url = await serve((_, response) => {
      response.write('first');
      setTimeout(() => response.end('last'), 80);
    });
    const facts = await measure(http, { url });
    expect(facts.body).toBe('firstlast');
    expect(facts.latency_ms).toBeGreaterThan(75);
  });

  it.each([204, 301, 401, 403, 404, 429, 500, 503])(
    'failed or not permitted: %i is a measured status',
    async (status) => {
      const url = await serve((_, response) => response.writeHead(status).end());
      const facts = await measure(http, { url });
      expect(facts).toMatchObject({ reachable: true, status });
      expect(judgedByDefault(http, { url }, facts)).toBe('fail');
    },
  );

  it('asks anew each time, on a connection of its own', async () => {
    const ports: (number | undefined)[] = [];
    const url = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      response.end();
    });
    await measure(http, { url });
    await measure(http, { url });
    expect(new Set(ports).size).toBe(2);
  });

  it('shakes hands anew each time: a resumed session would hide a certificate that has expired since', async () => {
    const seen: { resumed: boolean; port: number | undefined }[] = [];
    const url = await serveTls('valid', (socket) =>
      seen.push({ resumed: socket.isSessionReused(), port: socket.remotePort }),
    );
    const params = { url, ca: join(tls, 'ca.pem') };
    for (let i = 0; i < 3; i++) expect(await measure(http, params)).toMatchObject({ status: 200 });
    expect(seen.map(({ resumed }) => resumed)).toEqual([false, false, false]);
    expect(new Set(seen.map(({ port }) => port)).size).toBe(3);
  });

  it('sends method, headers and body; secrets are filled in and stay out of the facts', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () =>
        json({
          method: request.method,
          token: request.headers.authorization,
          agent: request.headers['user-agent'],
          body,
        })(request, response),
      );
    });
    const params = { url, method: 'POST', headers: { Authorization: { secret: 'API_TOKEN' } }, body: '{"ping":1}' };
    const facts = await measure(http, params, { secrets: { API_TOKEN: 'Bearer s3cr3t-"quoted"' } });
    expect(facts.json).toEqual({ method: 'POST', token: '[secret API_TOKEN]', agent: 'rounds', body: '{"ping":1}' });
    expect(JSON.stringify(facts)).not.toContain('s3cr3t-"');
    expect(http.describe(http.params.parse({ ...params, url: `${url}/health?key=1` }))).toBe(`POST ${url}/health`);
  });

  it('a secret with a line break is a mistake of the setting, named without its value', async () => {
    const url = await serve(json({}));
    const why = await whyUnmeasured(
      measure(http, { url, headers: { 'x-api-key': { secret: 'KEY' } } }, { secrets: { KEY: 'abc\r\ndef' } }),
    );
    expect(why.reason).toBe('misconfigured');
    expect(why.message).toContain('x-api-key');
    expect(why.message).not.toContain('abc');
  });

  it('HEAD has no body and no JSON to miss', async () => {
    const url = await serve(json({ status: 'healthy' }));
    expect(await measure(http, { url, method: 'HEAD' })).toMatchObject({ status: 200, body_bytes: 0, json_error: '' });
  });
});

describe('a text', () => {
  const page = `<html>${' '.repeat(3000)}DOWN FOR MAINTENANCE`;
  const served = (body: Buffer | string, headers: Record<string, string> = {}) =>
    serve((_, response) => response.writeHead(200, headers).end(body));

  it('is whole, in the charset that it has', async () => {
    expect((await measure(http, { url: await served(page) })).body).toBe(page);
    const wide = await served(Buffer.from(page, 'utf16le'), { 'content-type': 'text/html; charset=utf-16' });
    expect((await measure(http, { url: wide })).body).toBe(page);
    const odd = await served('ok', { 'content-type': 'text/html; charset=klingon' });
    expect((await measure(http, { url: odd })).body).toBe('ok');
  });

  it('is null, never a part, where it and its JSON would be too much together', async () => {
    const url = await served(JSON.stringify({ status: 'up', pad: 'x'.repeat(1_100_000) }));
    const facts = await measure(http, { url, max_bytes: 2_000_000 });
    expect(facts).toMatchObject({ body: null, json: { status: 'up' } });
  });

  it.each([
    ['gzip', zlib.gzipSync(page)],
    ['X-GZIP', zlib.gzipSync(page)],
    ['deflate', zlib.deflateSync(page)],
    ['deflate', zlib.deflateRawSync(page)],
    ['br', zlib.brotliCompressSync(page)],
    ['zstd', zlib.zstdCompressSync(page)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(page))],
  ])('packed although nobody asked for it is unpacked: %s', async (encoding, body) => {
    const facts = await measure(http, { url: await served(body, { 'content-encoding': encoding }) });
    expect(facts).toMatchObject({ body: page, body_bytes: page.length, json_error: '' });
  });

  it('that can’t be unpacked is null: what reads it is unknown', async () => {
    const cut = zlib.gzipSync('{"status":"up"}').subarray(0, 25);
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    const facts = await measure(http, { url: await served(cut, headers) });
    expect(facts).toMatchObject({ status: 200, body: null, json_error: 'the body is not valid gzip' });
    expect(facts).not.toHaveProperty('json');
    const odd = await measure(http, { url: await served('x', { 'content-encoding': 'compress' }) });
    expect(odd).toMatchObject({ body: null, json_error: 'the body is in an encoding that is not read: compress' });
  });

  it('that unpacks to more than allowed is not held', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(50 * 2 ** 20));
    expect(bomb.length).toBeLessThan(60_000);
    const why = await whyUnmeasured(measure(http, { url: await served(bomb, { 'content-encoding': 'gzip' }) }));
    expect(why).toMatchObject({ reason: 'too_large', message: expect.stringContaining('more than 1048576 bytes') });
  });
});

describe('JSON', () => {
  it('that is invalid is left out, and said without quoting it', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"patient": "Jane Doe", ');
    });
    const facts = await measure(http, { url });
    expect(facts).not.toHaveProperty('json');
    expect(facts).toMatchObject({ status: 200, json_error: 'the body is not valid JSON' });
  });

  it('is read without its content type too', async () => {
    const url = await serve((_, response) => response.end(' {"status":"healthy"}'));
    expect(await measure(http, { url })).toMatchObject({ json: { status: 'healthy' } });
  });

  it('nested too deep is refused', async () => {
    const url = await serve((_, response) => response.end('['.repeat(5000) + ']'.repeat(5000)));
    const facts = await measure(http, { url });
    expect(facts).not.toHaveProperty('json');
    expect(facts.json_error).toBe('JSON nested deeper than 100 levels');
  });

  it('loses what PostgreSQL cannot store', async () => {
    const url = await serve((_, response) => response.end('{"a\\u0000b": "x\\u0000y\\ud800"}'));
    expect(await measure(http, { url })).toMatchObject({ json: { ab: 'xy\ufffd' } });
  });
});

describe('redirects', () => {
  const hop: RequestListener = (request, response) => {
    if (request.url === '/end') json({ token: request.headers.authorization ?? null })(request, response);
    else response.writeHead(302, { location: '/end' }).end();
  };

  it('are seen, not followed', async () => {
    const url = await serve(hop);
    expect(await measure(http, { url })).toMatchObject({ status: 302, location: '/end' });
  });

  it('are followed as often as allowed', async () => {
    const url = await serve(hop);
    expect(await measure(http, { url, redirects: 1 })).toMatchObject({ status: 200, location: '' });
    const loop = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
    expect(await measure(http, { url: loop, redirects: 3 })).toMatchObject({ status: 302 });
  });

  it('carry headers to the same origin only', async () => {
    const other = await serve(hop);
    const url = await serve((_, response) => response.writeHead(302, { location: `${other}/end` }).end());
    const params = { headers: { authorization: 'Basic abc' }, redirects: 2 };
    expect(await measure(http, { url: other, ...params })).toMatchObject({ json: { token: 'Basic abc' } });
    expect(await measure(http, { url, ...params })).toMatchObject({ status: 200, json: { token: null } });
  });

  it('from https to http are not followed, unless that is wanted', async () => {
    const plain = await serve(json({ status: 'up' }));
    const server = https.createServer({ key: pem('valid.key'), cert: pem('valid.pem') }, (_, response) =>
      response.writeHead(301, { location: plain }).end(),
    );
    const url = `https://localhost:${(await listen(server)).split(':')[1]}`;
    const params = { url, ca: join(tls, 'ca.pem'), redirects: 2 };
    const facts = await measure(http, params);
    expect(facts).toEqual({ reachable: false, error: 'redirected from https to http' });
    expect(judgedByDefault(http, params, facts)).toBe('fail');
    expect(await measure(http, { ...params, redirects: 0 })).toMatchObject({ status: 301, location: plain });
    expect(await measure(http, { ...params, redirects_to_http: true })).toMatchObject({ json: { status: 'up' } });
  });

  it('hide a user and password in the location', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'http://me:pw@other.example/x' }).end(),
    );
    expect(await measure(http, { url })).toMatchObject({ location: 'http://other.example/x' });
  });
});

describe('unreachable is measured', () => {
  async function expectDown(url: string, error: string | RegExp, more: object = {}, lookup?: LookupFunction) {
    const params = { url, ...more };
    const { facts } = await probeHttp(probeOf(httpParams.parse(params)), lookup);
    expect(facts).toEqual({
      reachable: false,
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    });
    expect(judgedByDefault(http, params, facts)).toBe('fail');
  }

  it('connection refused', async () => {
    await expectDown(`http://${await closedPort()}`, 'connection refused');
    const port = (await closedPort()).split(':')[1];
    await expectDown(`http://localhost:${port}`, 'connection refused');
  });

  it('host not found', async () => {
    const notFound: LookupFunction = (host, _, done) =>
      done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), '');
    await expectDown('http://nowhere.example', 'host not found', {}, notFound);
  });

  it('closed without an answer, or in the middle of it', async () => {
    const mute = net.createServer((socket) => socket.once('data', () => socket.destroy()));
    await expectDown(`http://${await listen(mute)}`, 'connection closed without an answer');
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await expectDown(url, 'connection closed in the middle of the answer');
  });

  it('an answer that is not HTTP', async () => {
    const ssh = net.createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    await expectDown(`http://${await listen(ssh)}`, 'the answer is not valid HTTP');
  });

  it('TLS that fails: expired, for another host, from nobody known, none at all', async () => {
    const ca = join(tls, 'ca.pem');
    await expectDown(await serveTls('expired'), 'tls: certificate expired', { ca });
    await expectDown(await serveTls('other-host'), 'tls: certificate is for another host', { ca });
    await expectDown(await serveTls('valid'), 'tls: issuer of the certificate is not trusted');
    await expectDown((await serve(json({}))).replace('http:', 'https:'), /^tls: handshake failed \(/);
  });

  it('TLS that holds, and TLS that nobody asks to hold', async () => {
    const url = await serveTls('valid');
    expect(await measure(http, { url, ca: '../../support/tls/ca.pem' }, { dir: import.meta.dirname })).toMatchObject({
      status: 200,
    });
    expect(await measure(http, { url: await serveTls('expired'), insecure_tls: true })).toMatchObject({ status: 200 });
    const why = await whyUnmeasured(measure(http, { url, ca: 'missing.pem' }));
    expect(why).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('missing.pem') });
  });
});

describe('silence is unknown', () => {
  const never: LookupFunction = () => {};

  it('of a name server, without holding the check back', async () => {
    const probe = { ...probeOf(httpParams.parse({ url: 'http://api.example.com/' })), signal: AbortSignal.timeout(50) };
    const why = await whyUnmeasured(probeHttp(probe, never));
    expect(why).toMatchObject({ reason: 'timeout', retryable: true });
    expect(why.message).toMatch(/^no connection to api\.example\.com within 0\.\d+ s$/);
  });

  it('of a name server that says so', async () => {
    const again: LookupFunction = (host, _, done) =>
      done(Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), { code: 'EAI_AGAIN' }), '');
    const why = await whyUnmeasured(probeHttp(probeOf(httpParams.parse({ url: 'http://api.example.com/' })), again));
    expect(why).toMatchObject({
      reason: 'unreachable',
      message: 'the name server gave no answer about api.example.com',
    });
  });

  it('before the answer: the socket is gone', async () => {
    const server = createServer(() => {});
    const address = await listen(server);
    const asked = once(server, 'request');
    const closed = asked.then(([{ socket }]) => closeOf(socket));
    const why = await whyUnmeasured(measure(http, { url: `http://${address}` }, { signal: abortAfter(asked) }));
    expect(why.message).toMatch(`no answer from ${address} within`);
    await closed;
  });

  it('in the middle of the body: the socket is gone', async () => {
    // More than the kernel's buffers hold: once it is written, the client is known to be reading the body.
    const server = createServer((_, response) =>
      response.write(Buffer.alloc(12 * 2 ** 20), () => server.emit('written')),
    );
    const address = await listen(server);
    const closed = once(server, 'request').then(([{ socket }]) => closeOf(socket));
    const params = { url: `http://${address}`, max_bytes: 16 * 2 ** 20 };
    const why = await whyUnmeasured(measure(http, params, { signal: abortAfter(once(server, 'written')) }));
    expect(why.message).toMatch(`no complete answer from ${address} within`);
    await closed;
  });

  it('unless the operator says that it means down', async () => {
    const server = createServer(() => {});
    const url = `http://${await listen(server)}`;
    const params = { url, on_timeout: 'fail' };
    const facts = await measure(http, params, { signal: abortAfter(once(server, 'request')) });
    expect(facts).toEqual({ reachable: false, error: expect.stringMatching(/^no answer from .* within/) });
    expect(judgedByDefault(http, params, facts)).toBe('fail');
  });

  it('and a signal that was aborted before asks nobody', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    await whyUnmeasured(measure(http, { url }, { signal: AbortSignal.abort() }));
    expect(asked).toBe(0);
  });
});

describe('an answer of 50 MB', () => {
  const chunk = Buffer.alloc(65_536);

  it('is not read, announced or not', async () => {
    for (const headers of [{ 'content-length': 50 * 2 ** 20 }, {}]) {
      const server = createServer((_, response) => {
        response.writeHead(200, headers);
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
      });
      const address = await listen(server);
      const closed = once(server, 'request').then(async ([{ socket }]) => {
        await closeOf(socket);
        return socket.bytesWritten;
      });
      const why = await whyUnmeasured(measure(http, { url: `http://${address}` }));
      expect(why).toMatchObject({ reason: 'too_large', retryable: false });
      expect(await closed).toBeLessThan(20 * 2 ** 20);
    }
  });
});
