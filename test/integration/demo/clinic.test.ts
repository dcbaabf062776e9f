import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { startClinic } from '../../../src/demo/clinic.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { clinicOf, freePorts } from '../../support/demo.ts';
import { listenOn } from '../../support/listen.ts';

const post = async (url: string) => {
  const response = await fetch(url, { method: 'POST' });
  return [response.status, await response.json()];
};

it('is broken and repaired over HTTP, and tells who listens', async () => {
  const clinic = await clinicOf();
  let changes = 0;
  const forget = clinic.onChange(() => {
    changes += 1;
  });
  expect(await post(`${clinic.url}/break/api`)).toEqual([200, { broken: ['The API answers 503'] }]);
  expect((await fetch(`${clinic.url}/api/health`)).status).toBe(503);
  expect(await post(`${clinic.url}/break/slow`)).toEqual([
    200,
    { broken: ['The API answers 503', 'The API takes 2.5 s to answer'] },
  ]);
  expect(await post(`${clinic.url}/repair/api`)).toEqual([200, { broken: ['The API takes 2.5 s to answer'] }]);
  expect(await post(`${clinic.url}/repair`)).toEqual([200, { broken: [] }]);
  expect(changes).toBe(4);
  forget();
  await clinic.set('api', true);
  expect(changes).toBe(4);
  expect(await post(`${clinic.url}/break/coffee`)).toEqual([
    404,
    {
      error: 'The demo clinic has no switch "coffee"',
      hint: 'one of api, slow, database, certificate, logins, backup',
    },
  ]);
  expect(await post(`${clinic.url}/brake/api`)).toMatchObject([404, { error: expect.stringContaining('/break/') }]);
  expect(await (await fetch(clinic.url)).json()).toMatchObject({ clinic: 'demo', broken: ['api'] });
});

it("is not broken by another site's page, nor under a name that merely points here", async () => {
  const clinic = await clinicOf();
  const { host, hostname, port } = new URL(clinic.url);
  const sent = async (headers: Record<string, string>, method = 'POST') => {
    const asked = request({ hostname, port, path: '/break/slow', method, headers }).end();
    const [response]: IncomingMessage[] = await once(asked, 'response');
    response?.resume();
    return response?.statusCode;
  };
  for (const name of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'evil.example#127.0.0.1']) {
    expect([await sent({ host: name }), await sent({ host: name }, 'GET')]).toEqual([421, 421]);
  }
  for (const origin of ['https://evil.example', `http://127.0.0.1:1${port}`, 'null']) {
    expect(await sent({ host, origin })).toBe(403);
  }
  expect(clinic.switches().filter(({ on }) => on)).toEqual([]);
  const ours: Record<string, string>[] = [{}, { host: `localhost:${port}` }, { host, origin: `http://${host}` }];
  for (const headers of ours) {
    expect(await sent(headers)).toBe(200);
  }
});

it('serves a certificate of its own authority, for 90 days; switched, the next connection gets one of 5', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-ca-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const caFile = join(folder, 'made', 'demo-ca.pem');
  const clinic = await clinicOf({ caFile });
  const served = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<{ days: number; trusted: boolean }>();
    const { port } = new URL(clinic.tlsUrl);
    // The file is there once the first connection is taken.
    await expect.poll(() => readFile(caFile, 'utf8'), { timeout: 20_000 }).toContain('BEGIN CERTIFICATE');
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca: await readFile(caFile, 'utf8') });
    socket.on('error', reject).on('secureConnect', () => {
      const days = (Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / 86_400_000;
      socket.destroy();
      resolve({ days: Math.floor(days), trusted: socket.authorized });
    });
    return promise;
  };
  expect(await served()).toEqual({ days: 90, trusted: true });
  await clinic.set('certificate', true);
  expect(await served()).toEqual({ days: 5, trusted: true });
  await clinic.set('certificate', false);
  expect(await served()).toEqual({ days: 90, trusted: true });
});

it("leaves another one's authority alone until the folder is its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-ca-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const caFile = join(folder, 'demo-ca.pem');
  await writeFile(caFile, 'of the one that runs');
  const taken = createServer();
  const port = await listenOn(taken);
  onTestFinished(() => void taken.close());
  await expect(startClinic({ ...freePorts, clock: systemClock, caFile, port })).rejects.toThrow('in use');
  expect(await readFile(caFile, 'utf8')).toBe('of the one that runs');

  const own = Promise.withResolvers<void>();
  const clinic = await clinicOf({ caFile, keepFrom: own.promise });
  // By then one that does not wait has removed it.
  expect((await fetch(`${clinic.url}/api/health/metrics`)).status).toBe(200);
  expect(await readFile(caFile, 'utf8')).toBe('of the one that runs');
  own.resolve();
  const now = () => readFile(caFile, 'utf8').catch(() => '');
  await expect.poll(now, { timeout: 20_000 }).toContain('BEGIN CERTIFICATE');
});

it.each(['port', 'databasePort', 'tlsPort'] as const)(
  'a taken %s is named with its setting, and nothing stays open',
  async (name) => {
    const taken = createServer();
    const port = await listenOn(taken);
    onTestFinished(() => void taken.close());
    const start = startClinic({ ...freePorts, clock: systemClock, [name]: port });
    await expect(start).rejects.toMatchObject({
      code: 'unavailable',
      message: `Port ${port} on 127.0.0.1 is in use`,
      hint: expect.stringMatching(/^stop what uses it, or set DEMO_PORT .*ops\.yml$/),
    });
  },
);
