import { once } from 'node:events';
import type { AddressInfo, LookupFunction } from 'node:net';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probeTcp, tcpParams } from '../../../src/checks/tcp/probe.ts';
import tcp from '../../../src/checks/tcp.ts';
import { judgedByDefault, measure, probeOf, whyUnmeasured } from '../../support/probes.ts';

const opened: net.Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function listen(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer();
  opened.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

const never: LookupFunction = () => {};

describe('tcp', () => {
  it('healthy: the port is open, and the connection is closed again', async () => {
    const { server, port } = await listen();
    const closed = once(server, 'connection').then(([socket]) => once(socket.resume(), 'close'));
    const params = { host: '127.0.0.1', port };
    const facts = await measure(tcp, params);
    expect(facts).toEqual({ reachable: true, error: '', latency_ms: expect.any(Number), address: '127.0.0.1' });
    expect(judgedByDefault(tcp, params, facts)).toBe('ok');
    await closed;
  });

  it('names the address that the name resolved to', async () => {
    const { port } = await listen();
    const answers: LookupFunction = (_, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    const { facts } = await probeTcp(probeOf(tcpParams.parse({ host: 'db.example', port })), answers);
    expect(facts).toMatchObject({ reachable: true, address: '127.0.0.1' });
  });

  it('failed: connection refused', async () => {
    const { server, port } = await listen();
    server.close();
    await once(server, 'close');
    const params = { host: '127.0.0.1', port };
    const facts = await measure(tcp, params);
    expect(facts).toEqual({ reachable: false, error: 'connection refused' });
    expect(judgedByDefault(tcp, params, facts)).toBe('fail');
  });

  it('unreachable: a name server that never answers is unknown, or down if the operator says so', async () => {
    const probe = (more: object) => ({
      ...probeOf(tcpParams.parse({ host: 'db.example', port: 5432, ...more })),
      signal: AbortSignal.timeout(30),
    });
    const why = await whyUnmeasured(probeTcp(probe({}), never));
    expect(why).toMatchObject({
      reason: 'timeout',
      message: expect.stringMatching(/^no connection to db\.example:5432 within/),
    });
    const { facts } = await probeTcp(probe({ on_timeout: 'fail' }), never);
    expect(facts).toEqual({ reachable: false, error: expect.stringContaining('no connection to db.example:5432') });
  });

  it('not permitted: a firewall of our own machine says nothing about the target', async () => {
    const denied: LookupFunction = (_, __, done) => done(Object.assign(new Error('no'), { code: 'EACCES' }), '');
    const why = await whyUnmeasured(probeTcp(probeOf(tcpParams.parse({ host: 'db.example', port: 5432 })), denied));
    expect(why).toMatchObject({ reason: 'error', message: 'db.example:5432 could not be asked (EACCES)' });
  });
});
