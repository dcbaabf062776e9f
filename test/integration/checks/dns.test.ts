import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dnsParams } from '../../../src/checks/dns/params.ts';
import { probeDns } from '../../../src/checks/dns/probe.ts';
import dns from '../../../src/checks/dns.ts';
import { type DnsRecord, dnsServer, type Manner } from '../../support/dns.ts';
import { judgedByDefault, measure, probeOf, verdictOf, whyUnmeasured } from '../../support/probes.ts';

const a = (value: string, ttl?: number): DnsRecord => ({ type: 'A', value, ttl });
const mx = (priority: number, value: string): DnsRecord => ({ type: 'MX', priority, value });
const txt = (value: string): DnsRecord => ({ type: 'TXT', value });
const ns = (value: string): DnsRecord => ({ type: 'NS', value });

/** Parameters that ask a server which says `manner` about the name. */
async function asking(manner: Manner, params: { type?: string; [key: string]: unknown } = {}) {
  const { server, asked } = await dnsServer({ [`www.example.com ${params.type ?? 'A'}`]: manner });
  return { params: { name: 'www.example.com', servers: [server], ...params }, asked };
}

/** An address where no name server is. */
async function nobody(): Promise<string> {
  const { server, close } = await dnsServer({});
  await close();
  return server;
}

describe('dns', () => {
  it('healthy: all that is expected, in any order, with the smallest time to live', async () => {
    const { params, asked } = await asking([a('192.0.2.8', 60), a('192.0.2.7', 300)], {
      expect: ['192.0.2.7', '192.0.2.8'],
    });
    const facts = await measure(dns, params);
    expect(facts).toEqual({
      reachable: true,
      error: '',
      resolved: true,
      status: 'ok',
      answers: ['192.0.2.7', '192.0.2.8'],
      answers_count: 2,
      latency_ms: expect.any(Number),
      ttl_s: 60,
      missing: [],
      unexpected: [],
    });
    expect(judgedByDefault(dns, params, facts)).toBe('ok');
    expect(asked).toEqual(['www.example.com A']);
  });

  it.each<[string, Manner, string[]]>([
    ['AAAA', [{ type: 'AAAA', value: '2001:db8:0:0:0:0:0:7' }], ['2001:0DB8::7']],
    ['CNAME', [{ type: 'CNAME', value: 'LB.example.net' }], ['lb.example.net.']],
    ['MX', [mx(20, 'b.example.net'), mx(10, 'a.example.net')], ['10 a.example.net', '20 b.example.net.']],
    ['MX', [mx(0, '')], ['0 .']],
    ['TXT', [txt(`v=spf1 ${'x'.repeat(400)} -all`)], [`v=spf1 ${'x'.repeat(400)} -all`]],
    ['NS', [ns('ns1.example.net'), ns('ns2.example.net')], ['ns2.example.net', 'NS1.example.net']],
    [
      'SRV',
      [{ type: 'SRV', priority: 0, weight: 5, port: 5060, value: 'sip.example.net' }],
      ['0 5 5060 sip.example.net'],
    ],
    ['CAA', [{ type: 'CAA', flags: 0, tag: 'issue', value: 'letsencrypt.org' }], ['0 issue "letsencrypt.org"']],
  ])('healthy: %s', async (type, manner, expected) => {
    const { params } = await asking(manner, { type, expect: expected });
    const facts = await measure(dns, params);
    expect(facts).toMatchObject({ resolved: true, answers_count: expected.length, missing: [], unexpected: [] });
    expect(judgedByDefault(dns, params, facts)).toBe('ok');
  });

  it('healthy: an answer too long for UDP comes over TCP; all of it is compared, 50 are kept', async () => {
    const addresses = Array.from({ length: 200 }, (_, index) => `198.51.100.${index}`);
    const { params, asked } = await asking(
      addresses.map((value) => a(value)),
      { expect: addresses },
    );
    const facts = await measure(dns, params);
    expect(facts).toMatchObject({ answers_count: 200, missing: [], unexpected: [] });
    expect(facts.answers).toHaveLength(50);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('degraded: a record beside those expected, unless others may be there', async () => {
    const { params } = await asking([a('192.0.2.7'), a('203.0.113.66')], { expect: ['192.0.2.7'] });
    const facts = await measure(dns, params);
    expect(facts).toMatchObject({ missing: [], unexpected: ['203.0.113.66'] });
    expect(judgedByDefault(dns, params, facts)).toBe('warn');
    expect(await verdictOf(dns, { ...params, match: 'all' })).toBe('ok');
    expect(await verdictOf(dns, { ...params, match: 'one', expect: ['192.0.2.7', '192.0.2.8'] })).toBe('ok');
    expect(await verdictOf(dns, { ...params, match: 'all', expect: ['192.0.2.7', '192.0.2.8'] })).toBe('fail');
  });

  it('failed: no such name, no such record and a failing server are told apart', async () => {
    const status = async (manner: Manner) => (await measure(dns, (await asking(manner)).params)).status;
    expect(await status('NXDOMAIN')).toBe('nxdomain');
    expect(await status([])).toBe('nodata');
    expect(await status('SERVFAIL')).toBe('servfail');
    expect(await status([{ type: 'CNAME', value: 'gone.example.net' }])).toBe('nodata');
  });

  it('failed: nobody listens where the check says that a name server is', async () => {
    const server = await nobody();
    const params = { name: 'www.example.com', servers: [server] };
    const facts = await measure(dns, params);
    expect(facts).toEqual({ reachable: false, error: `no name server answers at ${server} (connection refused)` });
    expect(judgedByDefault(dns, params, facts)).toBe('fail');
  });

  it('unreachable: nobody listens where the system says that a name server is, or there is no network', async () => {
    const server = await nobody();
    const why = await whyUnmeasured(probeDns(probeOf(dnsParams.parse({ name: 'www.example.com' })), [server]));
    expect(why).toMatchObject({
      reason: 'unreachable',
      message: `the system's name servers (${server}) refuse connections`,
      next: expect.stringContaining('/etc/resolv.conf'),
    });
    // No route leads there from anywhere.
    const params = { name: 'www.example.com', servers: ['255.255.255.255'] };
    expect(await whyUnmeasured(measure(dns, params))).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('no network from here to 255.255.255.255'),
    });
  });

  it("unreachable: the system's name servers fail, which may be their own trouble with every name", async () => {
    const { server } = await dnsServer({ 'www.example.com A': 'SERVFAIL' });
    const why = await whyUnmeasured(probeDns(probeOf(dnsParams.parse({ name: 'www.example.com' })), [server]));
    expect(why).toMatchObject({
      ...{ reason: 'unreachable', next: expect.stringContaining('name its own servers as servers') },
      message: `the system's name servers (${server}) fail on www.example.com (SERVFAIL)`,
    });
  });

  it('the second server answers when the first does not', async () => {
    const { params } = await asking([a('192.0.2.7')]);
    expect(await verdictOf(dns, { ...params, servers: [await nobody(), ...params.servers] })).toBe('ok');
  });

  it('not permitted: a refusal says nothing about the name', async () => {
    const { params } = await asking('REFUSED');
    const why = await whyUnmeasured(measure(dns, params));
    expect(why).toMatchObject({ reason: 'denied', next: expect.stringContaining('allow this machine') });
    expect(why.message).toBe(`${params.servers[0]} refuses to answer about www.example.com (REFUSED)`);
  });

  it('unreachable: silence is unknown, or down if the operator says so', async () => {
    const { params } = await asking('silent');
    const why = await whyUnmeasured(measure(dns, params, { signal: AbortSignal.timeout(50) }));
    expect(why).toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining('no answer about www.example.com'),
    });
    const signal = AbortSignal.timeout(50);
    const facts = await measure(dns, { ...params, on_timeout: 'fail' }, { signal });
    expect(facts).toEqual({ reachable: false, error: expect.stringContaining('no answer about') });
    const aborted = await whyUnmeasured(measure(dns, params, { signal: AbortSignal.abort() }));
    expect(aborted.reason).toBe('timeout');
  });

  it('gives up by itself before a long timeout', async () => {
    const { params, asked } = await asking('silent');
    const why = await whyUnmeasured(measure(dns, params, { signal: AbortSignal.timeout(60_000) }));
    expect(why.reason).toBe('timeout');
    expect(asked).toHaveLength(2);
  });

  it('a label of a hostile record is shown without control characters, cut', async () => {
    const { params } = await asking([txt(`\u001b[31m${'y'.repeat(600)}\u0007`)], { type: 'TXT' });
    const [answer] = (await measure(dns, params)).answers as string[];
    expect(answer).toBe('y'.repeat(300));
  });

  it('refuses parameters that can not work', () => {
    const problems = (params: object) => dnsParams.safeParse(params).error?.issues.map(({ message }) => message) ?? [];
    const name = 'www.example.com';
    expect(problems({ name: 'https://example.com' })).toEqual(['a name such as www.example.com']);
    expect(problems({ name, servers: ['ns1.example.com'] })[0]).toContain('an IP address');
    expect(problems({ name, servers: ['192.0.2.1:0'] })[0]).toContain('an IP address');
    expect(problems({ name, servers: ['192.0.2.1', '2001:db8::1', '192.0.2.1:53', '[::1]:5353'] })).toEqual([]);
    expect(problems({ name, expect: ['lb.example.com'] })).toEqual(['an IPv4 address such as 192.0.2.7']);
    expect(problems({ name, type: 'MX', expect: ['mail.example.com'] })[0]).toContain('priority and name');
    expect(problems({ name, type: 'SRV', expect: ['5060 a'] })[0]).toContain('weight');
    expect(problems({ name, type: 'CAA', expect: ['letsencrypt.org'] })[0]).toContain('flags');
    expect(problems({ name, type: 'AAAA', expect: ['192.0.2.7'] })[0]).toContain('IPv6');
  });
});

describe('planted faults', () => {
  const spf = 'v=spf1 include:example.net -all';

  it.each<[string, 'fail' | 'warn' | 'unknown', Manner, { [key: string]: unknown; type?: string }?]>([
    ['the name is gone', 'fail', 'NXDOMAIN'],
    ['the record is gone', 'fail', []],
    ['a CNAME to nowhere', 'fail', [{ type: 'CNAME', value: 'gone.example.net' }]],
    ['a broken delegation', 'fail', 'SERVFAIL'],
    ['another address', 'fail', [a('203.0.113.66')], { expect: ['192.0.2.7'] }],
    ['an address too many', 'warn', [a('192.0.2.7'), a('203.0.113.66')], { expect: ['192.0.2.7'] }],
    ['an address too few', 'fail', [a('192.0.2.7')], { expect: ['192.0.2.7', '192.0.2.8'] }],
    ['none of those that would do', 'fail', [a('203.0.113.66')], { expect: ['192.0.2.7', '192.0.2.8'], match: 'one' }],
    ['the name is gone, where some are expected', 'fail', 'NXDOMAIN', { expect: ['192.0.2.7'], match: 'one' }],
    [
      'another IPv6 address',
      'fail',
      [{ type: 'AAAA', value: '2001:db8:0:0:0:0:0:8' }],
      { type: 'AAAA', expect: ['2001:db8::7'] },
    ],
    [
      'another target',
      'fail',
      [{ type: 'CNAME', value: 'parked.example' }],
      { type: 'CNAME', expect: ['lb.example.net'] },
    ],
    ['mail goes elsewhere', 'fail', [mx(10, 'mail.evil.example')], { type: 'MX', expect: ['10 mail.example.net'] }],
    [
      'a mail server with another priority',
      'fail',
      [mx(50, 'mail.example.net')],
      { type: 'MX', expect: ['10 mail.example.net'] },
    ],
    [
      'a foreign mail server before ours',
      'warn',
      [mx(10, 'mail.example.net'), mx(1, 'evil.example')],
      { type: 'MX', expect: ['10 mail.example.net'] },
    ],
    [
      'SPF lets everybody send',
      'fail',
      [txt('v=spf1 +all'), txt('other')],
      { type: 'TXT', expect: [spf], match: 'all' },
    ],
    ['SPF differs in case', 'fail', [txt(spf.toUpperCase())], { type: 'TXT', expect: [spf] }],
    [
      'a name server was dropped',
      'fail',
      [ns('ns1.example.net')],
      { type: 'NS', expect: ['ns1.example.net', 'ns2.example.net'] },
    ],
    [
      'a name server was added',
      'warn',
      [ns('ns1.example.net'), ns('ns.evil.example')],
      { type: 'NS', expect: ['ns1.example.net'] },
    ],
    [
      'a service on another port',
      'fail',
      [{ type: 'SRV', priority: 0, weight: 5, port: 5061, value: 'sip.example.net' }],
      { type: 'SRV', expect: ['0 5 5060 sip.example.net'] },
    ],
    [
      'another authority may issue',
      'warn',
      [
        { type: 'CAA', flags: 0, tag: 'issue', value: 'letsencrypt.org' },
        { type: 'CAA', flags: 0, tag: 'issue', value: 'evil.example' },
      ],
      { type: 'CAA', expect: ['0 issue letsencrypt.org'] },
    ],
    ['the server refuses us', 'unknown', 'REFUSED'],
    ['the server does not understand', 'unknown', 'FORMERR'],
    ['the server does not do this', 'unknown', 'NOTIMP'],
    ['silence', 'unknown', 'silent'],
    ['an answer that is none', 'unknown', 'garbage'],
    ['an answer that is cut off', 'unknown', 'cut off'],
    ['an answer to another question’s id', 'unknown', 'another id'],
    ['an answer about another name', 'unknown', 'another name'],
  ])('%s: %s', async (_, verdict, manner, more) => {
    const { params } = await asking(manner, more);
    expect(await verdictOf(dns, params, { signal: AbortSignal.timeout(verdict === 'unknown' ? 300 : 10_000) })).toBe(
      verdict,
    );
  });

  it('nobody listens: fail', async () => {
    expect(await verdictOf(dns, { name: 'www.example.com', servers: [await nobody()] })).toBe('fail');
  });

  it('only UDP is taken, and nobody says anything: unknown', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    const servers = [`127.0.0.1:${socket.address().port}`];
    const signal = AbortSignal.timeout(100);
    expect(await verdictOf(dns, { name: 'www.example.com', servers }, { signal })).toBe('unknown');
  });
});
