import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { talkToRedis } from '../../../src/checks/redis/client.ts';
import redis from '../../../src/checks/redis.ts';
import { listenOn } from '../../support/listen.ts';
import { freePort } from '../../support/postgres.ts';
import { judgedByDefault, measure, type ProbeSetting, verdictOf, whyUnmeasured } from '../../support/probes.ts';
import { bulk, isRedisInstalled, type RedisStandIn, standInRedis, startRedis } from '../../support/redis.ts';

const ca = join(import.meta.dirname, '../../support/tls/ca.pem');
const secrets = { REDIS_PASSWORD: 's3cret word' };
const password = { secret: 'REDIS_PASSWORD' };

async function closedPort(): Promise<number> {
  const none = createServer();
  const port = await listenOn(none);
  await new Promise((closed) => none.close(closed));
  return port;
}

/** A server that says `said` to whoever asks; nothing = silence. */
async function says(said: string, end = false): Promise<{ host: string; port: number }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => socket.destroy()));
    socket.on('data', () => (end ? socket.end(said) : socket.write(said)));
  });
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: await listenOn(server) };
}

describe('a stand-in', () => {
  it('healthy: says what INFO says, of the declared facts alone', async () => {
    const target = await standInRedis();
    const facts = await measure(redis, target, {
      previous: { at: new Date(Date.now() - 60_000), facts: { evictions: 30 } },
    });
    expect(facts).toMatchObject({
      reachable: true,
      error: '',
      pong: true,
      ping_answer: 'PONG',
      version: '7.0.15',
      loading: false,
      used_bytes: 300_000_000,
      used_pct: 30,
      clients: 12,
      clients_pct: 1.2,
      evictions: 40,
      commands_per_s: 230,
      hit_pct: 90,
      replica: false,
      primary_link_up: null,
      replicas: 1,
      replicas_lag_s: 1,
      replicas_lag_bytes: 100,
      rdb_ok: true,
      aof: true,
      aof_ok: true,
      cluster: false,
      cluster_ok: null,
    });
    expect(facts.evictions_per_min).toBeCloseTo(10, 1);
    const specs = redis.facts(redis.params.parse(target));
    expect(Object.keys(facts).toSorted()).toEqual(Object.keys(specs).toSorted());
    expect(judgedByDefault(redis, target, facts)).toBe('ok');
  });

  it('hides no secret in a message, sends user and password, is content with what Redis 6 tells', async () => {
    const target = await standInRedis({ password: 's3cret word', info: { maxclients: undefined } });
    const login = { ...target, user: 'rounds', password };
    const facts = await measure(redis, login, { secrets });
    expect(facts).toMatchObject({ pong: true, clients_limit_read: false, clients_pct: null });
    expect(judgedByDefault(redis, login, facts)).toBe('ok');
    const wrong = await whyUnmeasured(measure(redis, login, { secrets: { REDIS_PASSWORD: 'not this one' } }));
    expect(wrong).toMatchObject({ reason: 'denied', next: 'check `user` and `password`' });
    expect(JSON.stringify([wrong.message, wrong.next])).not.toContain('not this');
  });

  it('TLS: trusted by its authority only', async () => {
    const { port } = await standInRedis({ tls: 'valid' });
    const target = { host: 'localhost', port, tls: true };
    expect(await verdictOf(redis, { ...target, ca })).toBe('ok');
    expect(await measure(redis, target)).toMatchObject({ reachable: false, error: expect.stringMatching(/^tls: /) });
    expect(await verdictOf(redis, { ...target, insecure_tls: true })).toBe('ok');
  });

  it('an answer in many pieces, with letters of several bytes', async () => {
    const text = '# Server\r\nredis_mode:standalone\r\nexecutable:/opt/ü/redis\r\nused_memory:5\r\nmaxmemory:10\r\n';
    const pieces = Buffer.from(`+PONG\r\n${bulk(text)}`);
    const server = createServer(async (socket) => {
      socket.on('error', () => {});
      for (let from = 0; from < pieces.length; from += 7) {
        socket.write(pieces.subarray(from, from + 7));
        await new Promise((done) => setImmediate(done));
      }
    });
    onTestFinished(() => void server.close());
    const facts = await measure(redis, { host: '127.0.0.1', port: await listenOn(server) });
    expect(facts).toMatchObject({ used_pct: 50 });
  });

  describe('planted faults', () => {
    type How = { params?: object } & ProbeSetting;
    const cluster = { info: { cluster_enabled: '1' } };
    const busy = (kill: string) =>
      `-BUSY Redis is busy running a script. You can only call ${kill} or SHUTDOWN NOSAVE.\r\n`;
    it.each<[string, 'fail' | 'warn' | 'unknown', RedisStandIn, How?]>([
      ['80 % of its memory', 'warn', { info: { used_memory: '800000000' } }],
      ['95 % of its memory', 'fail', { info: { used_memory: '950000000' } }],
      [
        '95 % of its memory, and no key that may go',
        'fail',
        { info: { used_memory: '950000000', maxmemory_policy: 'volatile-lru', db0: 'keys=1000,expires=99,avg_ttl=0' } },
      ],
      [
        '80 % of its memory, and nothing in it',
        'warn',
        { info: { used_memory: '800000000', maxmemory_policy: 'volatile-lru' } },
      ],
      [
        'an unknown policy for a memory that is full',
        'fail',
        { info: { used_memory: '950000000', maxmemory_policy: undefined } },
      ],
      [
        'a limit given here, that evicts nothing',
        'fail',
        { info: { maxmemory: '0', maxmemory_policy: 'allkeys-lru' } },
        { params: { memory_limit_mb: 256 } },
      ],
      [
        'a cache that evicts 1,100 keys a minute',
        'warn',
        { info: { used_memory: '999000000', maxmemory_policy: 'allkeys-lfu', evicted_keys: '1140' } },
        { previous: { at: new Date(Date.now() - 60_000), facts: { evictions: 0 } } },
      ],
      ['no limit of its memory', 'unknown', { info: { maxmemory: '0' } }],
      ['more than the limit given here', 'fail', { info: { maxmemory: '0' } }, { params: { memory_limit_mb: 256 } }],
      ['80 % of its clients', 'warn', { info: { connected_clients: '800' } }],
      ['90 % of its clients', 'fail', { info: { connected_clients: '900' } }],
      ['no place for a client', 'fail', { greeting: '-ERR max number of clients reached' }],
      ['busy with a script', 'fail', { answers: { PING: busy('SCRIPT KILL') } }],
      ['busy with a script before INFO', 'fail', { answers: { INFO: busy('SCRIPT KILL') } }],
      ['busy with a function', 'fail', { answers: { PING: busy('FUNCTION KILL') } }],
      ['busy with a module', 'fail', { answers: { PING: '-BUSY Redis is busy running a module command.\r\n' } }],
      [
        'a replica without its primary',
        'fail',
        { info: { role: 'slave', master_link_status: 'down', master_link_down_since_seconds: '40' } },
      ],
      ['a replica that doesn’t say', 'unknown', { info: { role: 'slave' } }],
      ['a replica less than expected', 'fail', {}, { params: { replicas: 2 } }],
      [
        'a replica that only syncs',
        'fail',
        { info: { slave0: 'ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0' } },
        { params: { replicas: 1 } },
      ],
      ['a snapshot that failed', 'fail', { info: { rdb_last_bgsave_status: 'err' } }],
      ['an append-only file that can’t be written', 'fail', { info: { aof_last_write_status: 'err' } }],
      ['writes refused', 'fail', { answers: { PING: '-MISCONF Redis is configured to save RDB snapshots\r\n' } }],
      ['stale data refused', 'fail', { answers: { PING: '-MASTERDOWN Link with MASTER is down\r\n' } }],
      [
        'loading',
        'fail',
        { info: { loading: '1' }, answers: { PING: '-LOADING Redis is loading the dataset in memory\r\n' } },
      ],
      [
        'a cluster that is down',
        'fail',
        {
          ...cluster,
          answers: { CLUSTER: bulk('cluster_state:fail\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:8000\r\n') },
        },
      ],
      [
        'a cluster that must not be asked',
        'unknown',
        { ...cluster, answers: { CLUSTER: '-NOPERM no permissions\r\n' } },
      ],
      ['a password that is wanted', 'unknown', { password: 'x' }],
      ['a wrong password', 'unknown', { password: 'x' }, { params: { password }, secrets }],
      [
        'a password where there is none',
        'unknown',
        { answers: { AUTH: '-ERR AUTH <password> called without any password configured for the default user.\r\n' } },
        { params: { password }, secrets },
      ],
      ['a secret that is not set', 'unknown', { password: 'x' }, { params: { password } }],
      [
        'a user that may not ask INFO',
        'unknown',
        { answers: { INFO: "-NOPERM this user has no permissions to run the 'info' command\r\n" } },
      ],
      ['a user that may not ask PING', 'unknown', { answers: { PING: '-NOPERM this user has no permissions\r\n' } }],
      ['protected mode', 'unknown', { greeting: '-DENIED Redis is running in protected mode' }],
      ['a sentinel', 'unknown', { info: { redis_mode: 'sentinel', used_memory: undefined } }],
      ['no memory told', 'unknown', { info: { used_memory: undefined } }],
      ['TLS where the check speaks none', 'fail', { tls: 'valid' }],
    ])('%s → %s', async (_name, verdict, standIn, { params, ...setting } = {}) => {
      const target = { ...(await standInRedis(standIn)), ...params };
      expect(await verdictOf(redis, target, setting)).toBe(verdict);
    });

    it.each<[string, 'fail' | 'unknown', () => Promise<object>, object?, number?]>([
      ['connection refused', 'fail', async () => ({ host: '127.0.0.1', port: await closedPort() })],
      ['closed without an answer', 'fail', () => says('', true)],
      ['closed in the middle of INFO', 'fail', () => says('+PONG\r\n$9999\r\n# Server', true)],
      ['silence', 'unknown', () => says(''), {}, 100],
      ['silence that means down', 'fail', () => says(''), { on_timeout: 'fail' }, 100],
      ['another protocol', 'unknown', () => says('HTTP/1.1 400 Bad Request\r\n\r\n')],
      ['a flood', 'unknown', () => says(`+PONG\r\n$999999999\r\n${'x'.repeat(2_000_000)}`)],
    ])('%s → %s', async (_name, verdict, plant, more = {}, timeoutMs = 10_000) => {
      const target = { ...(await plant()), ...more };
      expect(await verdictOf(redis, target, { signal: AbortSignal.timeout(timeoutMs) })).toBe(verdict);
    });
  });

  it.each([
    ['allkeys-lru', undefined],
    ['volatile-ttl', 'keys=1000,expires=100,avg_ttl=0'],
  ])('a full cache at work is healthy: %s', async (policy, db0) => {
    const target = await standInRedis({ info: { used_memory: '999000000', maxmemory_policy: policy, db0 } });
    const previous = { at: new Date(Date.now() - 60_000), facts: { evictions: 30 } };
    const facts = await measure(redis, target, { previous });
    expect(facts).toMatchObject({ used_pct: 99.9, evicts: true });
    expect(judgedByDefault(redis, target, facts)).toBe('ok');
  });

  it('names what is wrong, and what to do', async () => {
    const why = async (standIn: RedisStandIn) => whyUnmeasured(measure(redis, await standInRedis(standIn)));
    expect(await why({ password: 'x' })).toMatchObject({
      reason: 'denied',
      message: expect.stringMatching(/^redis at 127\.0\.0\.1:\d+ asks for a password$/),
      next: 'set `password`',
    });
    expect(await why({ answers: { INFO: '-NOPERM no permissions\r\n' } })).toMatchObject({
      message: expect.stringMatching(/does not allow INFO$/),
      next: 'at the server: ACL SETUSER … +ping +info +cluster|info',
    });
    const silent = await whyUnmeasured(measure(redis, await says(''), { signal: AbortSignal.timeout(100) }));
    expect(silent).toMatchObject({ reason: 'timeout', message: expect.stringMatching(/^no answer from redis at /) });
  });

  it('leaves no connection behind when it is aborted', async () => {
    const closed = Promise.withResolvers<void>();
    const controller = new AbortController();
    const server = createServer((socket) => {
      socket.on('error', () => {}).on('close', () => closed.resolve());
      socket.once('data', () => controller.abort());
    });
    onTestFinished(() => void server.close());
    const target = { host: '127.0.0.1', port: await listenOn(server) };
    expect(await whyUnmeasured(measure(redis, target, { signal: controller.signal }))).toMatchObject({
      reason: 'timeout',
    });
    await closed.promise;
  });
});

describe.skipIf(!isRedisInstalled)('the real one', () => {
  let port: number;
  let folder: string;
  beforeAll(async () => {
    ({ port, folder } = await startRedis(['--enable-protected-configs', 'yes', '--maxmemory', '200mb']));
    await run(['SET', 'big', 'x'.repeat(20_000_000)]);
  });
  const here = () => ({ host: '127.0.0.1', port });

  /** Runs commands as an operator would; the last answer. */
  async function run(...commands: string[][]): Promise<string> {
    const talked = await talkToRedis(
      { ...here(), maxBytes: 1_000_000 },
      async (ask) => {
        let last = '';
        for (const words of commands) last = (await ask(...words)).text;
        return last;
      },
      AbortSignal.timeout(10_000),
    );
    if (talked.kind !== 'answer') throw new Error(talked.kind);
    return talked.answer;
  }
  const config = (name: string, value: string) => run(['CONFIG', 'SET', name, value]);
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const work of undo.splice(0)) await work();
  });

  it('healthy, and the facts that it has', async () => {
    const facts = await measure(redis, here());
    expect(facts).toMatchObject({
      pong: true,
      replica: false,
      replicas: 0,
      replicas_lag_s: null,
      aof: false,
      rdb_ok: true,
    });
    expect(Number(facts.used_pct)).toBeGreaterThan(10);
    expect(judgedByDefault(redis, here(), facts)).toBe('ok');
    const numbers = [
      'uptime_s',
      'clients',
      'max_clients',
      'evictions',
      'commands_per_s',
      'fragmentation',
      'last_save_age_s',
    ];
    expect(numbers.filter((name) => typeof facts[name] !== 'number')).toEqual([]);
  });

  it('memory near and at its end; evictions as a rate', async () => {
    undo.push(() => config('maxmemory', '200mb'));
    const used = Number((await measure(redis, here())).used_bytes);
    await config('maxmemory', String(Math.round(used / 0.85)));
    expect(await verdictOf(redis, here())).toBe('warn');
    await config('maxmemory', String(Math.round(used / 0.97)));
    expect(await verdictOf(redis, here())).toBe('fail');
    undo.push(() => config('maxmemory-policy', 'noeviction'));
    await run(...Array.from({ length: 50 }, (_, index) => ['SET', `k${index}`, 'x'.repeat(10_000)]));
    const previous = { at: new Date(Date.now() - 60_000), facts: { evictions: 0 } };
    await config('maxmemory', '200mb');
    await run(['SET', 'big', 'x'.repeat(20_000_000)]);
    await config('maxmemory-policy', 'allkeys-random');
    await config('maxmemory', '10mb');
    await run(['SET', 'small', 'x']);
    expect(await measure(redis, here())).toMatchObject({ evicts: true });
    await config('maxmemory', String(Number((await measure(redis, here())).used_bytes)));
    expect(await verdictOf(redis, here())).toBe('ok');
    expect(Number((await measure(redis, here(), { previous })).evictions_per_min)).toBeGreaterThan(0);
  });

  it('clients near their limit, and no place left', async () => {
    undo.push(() => config('maxclients', '1000'));
    await config('maxclients', '10');
    const held = Array.from({ length: 7 }, () => hold(port));
    await Promise.all(held.map(({ ready }) => ready));
    expect(await measure(redis, here())).toMatchObject({ clients: 8, clients_pct: 80 });
    expect(await verdictOf(redis, here())).toBe('warn');
    const more = Array.from({ length: 3 }, () => hold(port));
    await Promise.all(more.map(({ ready }) => ready));
    expect(await measure(redis, here())).toEqual({ reachable: false, error: 'too many clients' });
    for (const { end } of [...held, ...more]) end();
    await expect.poll(() => run(['PING'])).toBe('PONG');
  });

  it('busy with a script: nobody is answered', async () => {
    undo.push(() => config('lua-time-limit', '5000'));
    await config('lua-time-limit', '20');
    const ended = run(['EVAL', 'while true do end', '0']);
    await expect
      .poll(() => measure(redis, here()))
      .toEqual({ reachable: false, error: 'busy with a script: SCRIPT KILL ends it' });
    expect(await verdictOf(redis, here())).toBe('fail');
    await run(['SCRIPT', 'KILL']);
    expect(await ended).toMatch(/killed/i);
    expect(await verdictOf(redis, here())).toBe('ok');
  });

  it('a snapshot that fails', async () => {
    await config('dir', '/proc');
    await run(['BGSAVE']);
    await expect.poll(async () => (await measure(redis, here())).rdb_ok).toBe(false);
    expect(await verdictOf(redis, here())).toBe('fail');
    await config('dir', folder);
    await run(['BGSAVE']);
    await expect.poll(async () => (await measure(redis, here())).rdb_ok).toBe(true);
  });

  it('not permitted: no password, a wrong one, a user without the right', async () => {
    await run(['ACL', 'SETUSER', 'rounds', 'on', '>s3cret word', '+ping', '+info', '+cluster|info']);
    await run(['ACL', 'SETUSER', 'blind', 'on', '>s3cret word', '+ping']);
    undo.push(() => run(['ACL', 'DELUSER', 'rounds', 'blind']));
    const login = (user: string) => ({ ...here(), user, password });
    expect(await verdictOf(redis, login('rounds'), { secrets })).toBe('ok');
    const why = (target: object, secret = 's3cret word') =>
      whyUnmeasured(measure(redis, target, { secrets: { REDIS_PASSWORD: secret } }));
    expect(await why(login('blind'))).toMatchObject({
      reason: 'denied',
      message: expect.stringMatching(/does not allow INFO$/),
    });
    expect(await why(login('rounds'), 'wrong')).toMatchObject({
      reason: 'denied',
      message: expect.stringMatching(/refuses the password$/),
    });
    expect(await why({ ...here(), password })).toMatchObject({
      reason: 'denied',
      next: expect.stringContaining('leave `password` out'),
    });
  });

  it('a replica, its primary, and what is left when that goes', async () => {
    const replica = await startRedis();
    const there = { host: '127.0.0.1', port: replica.port, memory_limit_mb: 500 };
    await talkToRedis(
      { ...there, maxBytes: 1000 },
      (ask) => ask('REPLICAOF', '127.0.0.1', String(port)),
      AbortSignal.timeout(5000),
    );
    await expect.poll(() => verdictOf(redis, there)).toBe('ok');
    expect(await measure(redis, there)).toMatchObject({ replica: true, primary_link_up: true, primary_down_s: null });
    await expect.poll(() => verdictOf(redis, { ...here(), replicas: 1 })).toBe('ok');
    expect(await measure(redis, here())).toMatchObject({ replicas: 1, replicas_lag_s: expect.any(Number) });
    await talkToRedis(
      { ...there, maxBytes: 1000 },
      (ask) => ask('REPLICAOF', '127.0.0.1', '1'),
      AbortSignal.timeout(5000),
    );
    await expect.poll(() => verdictOf(redis, there)).toBe('fail');
    expect(await verdictOf(redis, { ...here(), replicas: 1 })).toBe('fail');
    await replica.stop();
    expect(await measure(redis, there)).toEqual({ reachable: false, error: 'connection refused' });
  });

  it('TLS', async () => {
    const tls = join(import.meta.dirname, '../../support/tls');
    const files = ['--tls-cert-file', join(tls, 'valid.pem'), '--tls-key-file', join(tls, 'valid.key')];
    const tlsPort = await freePort();
    const options = ['--tls-port', String(tlsPort), ...files, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'];
    const server = await startRedis([...options, '--maxmemory', '100mb']);
    const target = { host: 'localhost', port: tlsPort };
    expect(await verdictOf(redis, { ...target, tls: true, ca })).toBe('ok');
    expect(await verdictOf(redis, { ...target, tls: true })).toBe('fail');
    expect(await verdictOf(redis, target)).toBe('fail');
    await server.stop();
  });

  it('a node of a cluster that has no slots', async () => {
    const node = await startRedis(['--cluster-enabled', 'yes', '--maxmemory', '100mb']);
    const target = { host: '127.0.0.1', port: node.port };
    expect(await measure(redis, target)).toMatchObject({
      cluster: true,
      cluster_ok: false,
      cluster_slots_down: 16_384,
    });
    expect(await verdictOf(redis, target)).toBe('fail');
    await node.stop();
  });
});

/** A client that does nothing. */
function hold(port: number): { ready: Promise<unknown>; end(): void } {
  const controller = new AbortController();
  const there = Promise.withResolvers<void>();
  void talkToRedis(
    { host: '127.0.0.1', port, maxBytes: 1000 },
    async (ask) => {
      await ask('PING');
      there.resolve();
      await new Promise((_, reject) => controller.signal.addEventListener('abort', () => reject(new Error('done'))));
    },
    AbortSignal.timeout(60_000),
  ).catch(() => {});
  return { ready: there.promise, end: () => controller.abort() };
}
