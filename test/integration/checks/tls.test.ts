import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, TLSSocket, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import tls from '../../../src/checks/tls.ts';
import { listenOn } from '../../support/listen.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import { judgedByDefault, measure, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';
import { type Made, makeAuthority, makeSelfSigned } from '../../support/tls/make.ts';

const root = makeAuthority();
const intermediate = root.issue({ name: 'Test intermediate', authority: true, days: 400 });
const dir = mkdtempSync(join(tmpdir(), 'rounds-tls-'));
writeFileSync(join(dir, 'root.pem'), root.cert);
writeFileSync(join(dir, 'key.pem'), root.key);
afterAll(() => rmSync(dir, { recursive: true }));

const opened: net.Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of opened.splice(0)) server.close();
});

async function listening(server: net.Server): Promise<number> {
  opened.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
  });
  return listenOn(server);
}

type Shown = Pick<Made, 'key' | 'chain'>;

/** A TLS server that shows this certificate. */
function serving({ key, chain }: Shown, options: TlsOptions = {}): Promise<number> {
  const server = createServer({ key, cert: chain, ...options }, (socket) => socket.on('error', () => {}));
  return listening(server.on('tlsClientError', () => {}));
}

const talking = (talk: (socket: Socket) => void) => listening(net.createServer(talk));

async function closedPort(): Promise<number> {
  const server = net.createServer();
  const port = await listenOn(server);
  server.close();
  await once(server, 'close');
  return port;
}

interface Mail {
  greeting?: string;
  offers?: string;
  go?: string;
}

/** A mail server as far as STARTTLS; the reply to that comes in one piece with whatever `go` adds. */
const mailServer = (
  shown: Shown,
  { greeting = '220-mail\r\n220 ready', offers = 'STARTTLS', go = '220 go' }: Mail = {},
) =>
  talking((socket) => {
    socket.write(`${greeting}\r\n`);
    const onData = (bytes: Buffer) => {
      if (bytes.toString().startsWith('EHLO')) socket.write(`250-mail\r\n250-PIPELINING\r\n250 ${offers}\r\n`);
      if (bytes.toString().startsWith('STARTTLS')) {
        socket.off('data', onData);
        socket.write(`${go}\r\n`);
        new TLSSocket(socket, { isServer: true, key: shown.key, cert: shown.chain }).on('error', () => {});
      }
    };
    socket.on('data', onData);
  });

const at = (port: number, more: object = {}) => ({ host: 'localhost', port, ca: 'root.pem', ...more });

describe('tls', () => {
  it('healthy: everything about the certificate, and the connection is closed again', async () => {
    const made = intermediate.issue({ dns: ['localhost', '*.example.com'] });
    const server = createServer({ key: made.key, cert: made.chain });
    const port = await listening(server);
    const facts = await measure(tls, at(port), { dir });
    expect(facts).toMatchObject({
      reachable: true,
      error: '',
      days_left: 90,
      expired: false,
      not_yet_valid: false,
      subject: 'Test, Inc. / localhost',
      issuer: 'Test, Inc. / Test intermediate',
      names: ['localhost', '*.example.com', '127.0.0.1'],
      names_count: 3,
      matches: true,
      trusted: true,
      chain_error: '',
      chain_length: 3,
      chain_days_left: 90,
      chain_expired: 0,
      protocol: 'TLSv1.3',
      key_type: 'rsa',
      key_bits: 2048,
    });
    expect(facts.sha256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(judgedByDefault(tls, at(port), facts)).toBe('ok');
    const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(open).toBe(0);
  });

  it('healthy: an elliptic curve, an address, another name asked for', async () => {
    const folder = join(import.meta.dirname, '../../support/tls');
    const [key = '', chain = ''] = ['valid.key', 'valid.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const params = { host: '127.0.0.1', port: await serving({ key, chain }), ca: join(folder, 'ca.pem') };
    const facts = await measure(tls, params);
    expect(facts).toMatchObject({
      key_type: 'ec',
      key_bits: 256,
      not_after: '2120-01-01T00:00:00.000Z',
      matches: true,
    });
    expect(judgedByDefault(tls, params, facts)).toBe('ok');
    const shop = root.issue({ name: 'shop', dns: ['shop.example'] });
    let asked: unknown;
    const port = await serving(root.issue(), {
      SNICallback: (name, done) => {
        asked = name;
        done(null, undefined);
      },
    });
    await measure(tls, at(port, { servername: 'shop.example' }), { dir });
    expect(asked).toBe('shop.example');
    expect(await verdictOf(tls, at(await serving(shop), { servername: 'shop.example' }), { dir })).toBe('ok');
    const abroad = await serving(root.issue({ dns: ['xn--bcher-kva.example'] }));
    expect(await verdictOf(tls, at(abroad, { servername: 'bücher.example.' }), { dir })).toBe('ok');
  });

  it('healthy: for an address alone, which is asked for', async () => {
    const port = await serving(root.issue({ addressOnly: true }));
    expect(await verdictOf(tls, at(port, { host: '127.0.0.1' }), { dir })).toBe('ok');
    expect(await measure(tls, at(port), { dir })).toMatchObject({ names: ['127.0.0.1'], matches: false });
  });

  it('degraded: under 30 days; 30 days are enough', async () => {
    expect(await verdictOf(tls, at(await serving(root.issue({ days: 30 }))), { dir })).toBe('ok');
    expect(await verdictOf(tls, at(await serving(root.issue({ days: 29 }))), { dir })).toBe('warn');
    expect(await verdictOf(tls, at(await serving(root.issue({ days: 7 }))), { dir })).toBe('warn');
    expect(await verdictOf(tls, at(await serving(root.issue({ days: 29 })), { warn_days: 20 }), { dir })).toBe('ok');
  });

  it('failed: expired, and read all the same though nobody trusts it and it is for another name', async () => {
    const port = await serving(makeSelfSigned({ days: -3, dns: ['other.example'] }));
    const facts = await measure(tls, { host: 'localhost', port });
    expect(facts).toMatchObject({ reachable: true, expired: true, matches: false, trusted: false, days_left: -3 });
    expect(judgedByDefault(tls, { host: 'localhost', port }, facts)).toBe('fail');
  });

  it('not permitted: a server that first wants a certificate of ours shows its own; whether it is trusted is unknown', async () => {
    const wants = { requestCert: true, rejectUnauthorized: true };
    const params = at(await serving(root.issue(), { ...wants, maxVersion: 'TLSv1.2' }));
    const facts = await measure(tls, params, { dir });
    expect(facts).toMatchObject({ days_left: 90, matches: true, trusted: null });
    expect(judgedByDefault(tls, params, facts)).toBe('unknown');
    expect(tls.facts(tls.params.parse(params)).trusted?.whyAbsent?.(facts)).toContain('client certificate');
    expect(await verdictOf(tls, at(await serving(root.issue(), wants)), { dir })).toBe('ok');
  });

  it('says why a chain does not hold, and what to do', async () => {
    const why = async (shown: Shown) => (await measure(tls, at(await serving(shown)), { dir })).chain_error;
    const leaf = intermediate.issue();
    expect(await why({ key: leaf.key, chain: leaf.cert })).toContain('send the intermediate certificates');
    expect(await why(makeSelfSigned())).toBe('it is self-signed: have an authority sign it, or name it as ca');
    expect(await why(root.issue({ usage: 'clientAuth' }))).toBe('a certificate of the chain is not made for servers');
    const params = at(await serving(root.issue({ days: 6 })));
    expect(saidByDefault(tls, params, await measure(tls, params, { dir }))).toBe(
      'the certificate of localhost expires in 6 days (limit 7): renew it now',
    );
  });

  it('says what to do where a port begins in plain text', async () => {
    const facts = await measure(tls, at(await mailServer(root.issue())), { dir });
    expect(facts.error).toMatch(/^tls: handshake failed \(wrong version number\): .* set starttls/);
  });

  it('unreachable: silence is unknown, or down if the operator says so; the socket is gone', async () => {
    const server = net.createServer();
    const port = await listening(server);
    const controller = new AbortController();
    const closed = once(server, 'connection').then(([socket]) => {
      socket.once('data', () => controller.abort());
      return once(socket, 'close');
    });
    const why = await whyUnmeasured(measure(tls, at(port), { dir, signal: controller.signal }));
    expect(why).toMatchObject({
      reason: 'timeout',
      message: expect.stringMatching(/^no TLS handshake with localhost:\d+ within/),
    });
    await closed;
    const facts = await measure(tls, at(port, { on_timeout: 'fail' }), { dir, signal: AbortSignal.timeout(50) });
    expect(facts).toEqual({ reachable: false, error: expect.stringContaining('no TLS handshake') });
    const aborted = await whyUnmeasured(measure(tls, at(port), { dir, signal: AbortSignal.abort() }));
    expect(aborted.message).toContain('no connection to');
  });

  it('refuses parameters that can not work', () => {
    const problems = (params: object) => tls.params.safeParse(params).error?.issues.map(({ message }) => message) ?? [];
    expect(problems({ host: 'a.example', fail_days: 40 })).toEqual(['not more than warn_days']);
    expect(problems({ host: 'https://a.example' })[0]).toContain('without a port');
    expect(problems({ host: 'a.example', servername: '192.0.2.7' })[0]).toContain('a name');
  });
});

describe('STARTTLS', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('of a real PostgreSQL: first without TLS, then with it', async () => {
    const params = at(postgres.port, { host: '127.0.0.1', starttls: 'postgres' });
    const before = await measure(tls, params, { dir });
    expect(before).toEqual({ reachable: false, error: 'the server offers no TLS: turn ssl on' });
    expect(judgedByDefault(tls, params, before)).toBe('fail');
    await turnTlsOn(postgres, intermediate.issue({ days: 20 }));
    await expect.poll(async () => (await measure(tls, params, { dir })).reachable).toBe(true);
    const facts = await measure(tls, params, { dir });
    expect(facts).toMatchObject({ days_left: 20, trusted: true, matches: true });
    expect(judgedByDefault(tls, params, facts)).toBe('warn');
  });

  it('of a mail server', async () => {
    const params = at(await mailServer(intermediate.issue()), { starttls: 'smtp' });
    const facts = await measure(tls, params, { dir });
    expect(facts).toMatchObject({ days_left: 90, trusted: true, matches: true });
    expect(judgedByDefault(tls, params, facts)).toBe('ok');
  });
});

/** Its key must be the server's own and closed to others, so the server writes it. */
async function turnTlsOn({ url }: Postgres, { key, chain }: Made): Promise<void> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const [file, text] of Object.entries({ 'server.key': key, 'server.crt': chain })) {
    const lines = text
      .trim()
      .split('\n')
      .map((line) => `('${line.trim()}')`);
    await client.query(`copy (select * from (values ${lines}) as t) to program 'umask 077; cat > ${file}'`);
  }
  await client.query('alter system set ssl = on');
  await client.query('select pg_reload_conf()');
  await client.end();
}

describe('planted faults', () => {
  const old: TlsOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const shortLived = (days: number) => root.issue({ name: 'Short', authority: true, days }).issue({ days: 90 });

  it.each<[string, 'fail' | 'warn' | 'unknown', () => Promise<number>, object?]>([
    ['expired yesterday', 'fail', () => serving(root.issue({ days: -1 }))],
    ['6 days left', 'fail', () => serving(root.issue({ days: 6 }))],
    ['29 days left', 'warn', () => serving(root.issue({ days: 29 }))],
    ['valid from tomorrow', 'fail', () => serving(root.issue({ from: 1 }))],
    ['for another host', 'fail', () => serving(root.issue({ dns: ['other.example'] }))],
    [
      'a wildcard that reaches one level only',
      'fail',
      () => serving(root.issue({ dns: ['*.example.com'] })),
      { servername: 'a.b.example.com' },
    ],
    ['a name in the common name only', 'fail', () => serving(root.issue({ dns: [] }))],
    ['an address, and the name in the common name only', 'fail', () => serving(root.issue({ addressOnly: true }))],
    ['self-signed', 'fail', () => serving(makeSelfSigned())],
    ['an authority that nobody trusts', 'fail', () => serving(makeAuthority({ name: 'Strangers' }).issue())],
    ['signed in the name of the authority by another', 'fail', () => serving(makeAuthority().issue())],
    ['no public authority', 'fail', () => serving(root.issue()), { ca: undefined }],
    [
      'the intermediate is not sent',
      'fail',
      async () => {
        const made = intermediate.issue();
        return serving({ key: made.key, chain: made.cert });
      },
    ],
    ['the intermediate has expired', 'fail', () => serving(shortLived(-2))],
    ['the intermediate has 3 days left', 'fail', () => serving(shortLived(3))],
    ['the intermediate has 20 days left', 'warn', () => serving(shortLived(20))],
    ['made for clients, not servers', 'fail', () => serving(root.issue({ usage: 'clientAuth' }))],
    ['signed by a certificate that is no authority', 'fail', () => serving(root.issue({ name: 'Plain' }).issue())],
    ['TLS 1.1 at best', 'warn', () => serving(root.issue(), old)],
    ['an RSA key of 1024 bits', 'warn', () => serving(root.issue({ bits: 1024 }), { ciphers: 'DEFAULT@SECLEVEL=0' })],
    ['no cipher in common', 'fail', () => serving(root.issue(), { ciphers: 'PSK', maxVersion: 'TLSv1.2' })],
    [
      'plain HTTP on the port',
      'fail',
      () => talking((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    ],
    ['closed during the handshake', 'fail', () => talking((socket) => socket.once('data', () => socket.destroy()))],
    ['nobody listens', 'fail', closedPort],
    ['silence', 'unknown', () => talking(() => {}), { slow: true }],
    ['a ca file that is missing', 'unknown', () => serving(root.issue()), { ca: 'missing.pem' }],
    ['a ca file that holds a key', 'unknown', () => serving(root.issue()), { ca: 'key.pem' }],
    [
      'PostgreSQL without TLS',
      'fail',
      () => talking((socket) => socket.once('data', () => socket.write('N'))),
      { starttls: 'postgres' },
    ],
    [
      'PostgreSQL that is none',
      'fail',
      () => talking((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')),
      { starttls: 'postgres' },
    ],
    [
      'a byte slipped in behind PostgreSQL’s answer',
      'fail',
      () => talking((socket) => socket.once('data', () => socket.write('SX'))),
      { starttls: 'postgres' },
    ],
    [
      'PostgreSQL that hangs up',
      'fail',
      () => talking((socket) => socket.once('data', () => socket.end())),
      { starttls: 'postgres' },
    ],
    [
      'a mail server that takes nobody',
      'fail',
      () => mailServer(root.issue(), { greeting: '554 no' }),
      { starttls: 'smtp' },
    ],
    [
      'a mail server without STARTTLS',
      'fail',
      () => mailServer(root.issue(), { offers: 'SIZE' }),
      { starttls: 'smtp' },
    ],
    [
      'a mail server whose TLS is off just now',
      'fail',
      () => mailServer(root.issue(), { go: '454 later' }),
      { starttls: 'smtp' },
    ],
    [
      'a reply slipped in behind STARTTLS',
      'fail',
      () => mailServer(root.issue(), { go: '220 go\r\n250 evil' }),
      { starttls: 'smtp' },
    ],
    [
      'a mail server’s certificate with 5 days left',
      'fail',
      () => mailServer(root.issue({ days: 5 })),
      { starttls: 'smtp' },
    ],
    ['a mail server that is a web server', 'unknown', () => talking(() => {}), { starttls: 'smtp', slow: true }],
  ])('%s: %s', async (_, verdict, plant, { slow = false, ...more }: { slow?: boolean } = {}) => {
    const signal = AbortSignal.timeout(slow ? 100 : 10_000);
    expect(await verdictOf(tls, at(await plant(), more), { dir, signal })).toBe(verdict);
  });
});
