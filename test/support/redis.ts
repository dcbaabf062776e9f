import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';
import { atFileEnd } from './leftovers.ts';
import { listenOn } from './listen.ts';
import { freePort } from './postgres.ts';

/** What a healthy primary with one replica says, shortened from Redis 7.0. */
const healthyInfo = {
  redis_version: '7.0.15',
  redis_mode: 'standalone',
  uptime_in_seconds: '86400',
  connected_clients: '12',
  maxclients: '1000',
  blocked_clients: '1',
  used_memory: '300000000',
  maxmemory: '1000000000',
  maxmemory_policy: 'noeviction',
  mem_fragmentation_ratio: '1.06',
  loading: '0',
  rdb_changes_since_last_save: '17',
  rdb_last_save_time: '1795670838',
  rdb_last_bgsave_status: 'ok',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  instantaneous_ops_per_sec: '230',
  rejected_connections: '0',
  evicted_keys: '40',
  keyspace_hits: '900',
  keyspace_misses: '100',
  role: 'master',
  connected_slaves: '1',
  slave0: 'ip=10.0.0.2,port=6379,state=online,offset=1400,lag=1',
  master_repl_offset: '1500',
  cluster_enabled: '0',
} as const;

export type InfoChange = Partial<Record<keyof typeof healthyInfo | (string & {}), string | undefined>>;

export interface RedisStandIn {
  /** Lines of INFO that differ; undefined = left out. */
  info?: InfoChange;
  /** What a command is answered with instead, by its first word: `-NOPERM …`. */
  answers?: Record<string, string>;
  /** The password that it wants first. */
  password?: string;
  /** Said to everybody before they ask, and the connection closed. */
  greeting?: string;
  /** The certificate of test/support/tls that it shows: `valid`. */
  tls?: string;
}

/** A server that speaks Redis's protocol. */
export async function standInRedis(setting: RedisStandIn = {}): Promise<{ host: string; port: number }> {
  const open = new Set<Socket>();
  const onSocket = (socket: Socket) => {
    open.add(socket.on('error', () => socket.destroy()));
    if (setting.greeting !== undefined) return void socket.end(`${setting.greeting}\r\n`);
    let asked = Buffer.alloc(0);
    let isKnown = setting.password === undefined;
    socket.on('data', (chunk) => {
      asked = Buffer.concat([asked, chunk]);
      for (let command = takeCommand(asked); command; command = takeCommand(asked)) {
        asked = command.rest;
        const [name = '', ...args] = command.words;
        if (name === 'AUTH' && setting.password !== undefined) isKnown = args.at(-1) === setting.password;
        socket.write(isKnown ? answerTo(name, setting) : `${name === 'AUTH' ? wrong : locked}\r\n`);
      }
    });
  };
  const folder = join(import.meta.dirname, 'tls');
  const server =
    setting.tls === undefined
      ? createServer(onSocket)
      : createTlsServer(
          {
            key: readFileSync(join(folder, `${setting.tls}.key`)),
            cert: readFileSync(join(folder, `${setting.tls}.pem`)),
          },
          onSocket,
        );
  atFileEnd(async () => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: await listenOn(server) };
}

const locked = '-NOAUTH Authentication required.';
const wrong = '-WRONGPASS invalid username-password pair or user is disabled.';

function answerTo(name: string, { info = {}, answers = {} }: RedisStandIn): string {
  const own = answers[name];
  if (own !== undefined) return own;
  if (name === 'AUTH') return '+OK\r\n';
  if (name === 'PING') return '+PONG\r\n';
  if (name === 'CLUSTER') return bulk('cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:16384\r\n');
  const lines = Object.entries({ ...healthyInfo, ...info }).filter(([, value]) => value !== undefined);
  return bulk(`# Server\r\n${lines.map(([key, value]) => `${key}:${value}\r\n`).join('')}`);
}

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** One `*n` array of `$n` strings off the front; undefined = the rest has yet to come. */
function takeCommand(bytes: Buffer): { words: string[]; rest: Buffer<ArrayBuffer> } | undefined {
  const [head, ...lines] = bytes.toString('latin1').split('\r\n');
  const count = Number(head?.slice(1));
  if (!head?.startsWith('*') || lines.length <= 2 * count) return undefined;
  const used = [head, ...lines.slice(0, 2 * count)].join('\r\n').length + 2;
  const words = lines.slice(0, 2 * count).filter((_, index) => index % 2 === 1);
  return { words, rest: Buffer.from(bytes.subarray(used)) };
}

const program = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/usr/bin/valkey-server'].find(existsSync);
export const isRedisInstalled = program !== undefined;

export interface Redis {
  port: number;
  /** Where it writes. */
  folder: string;
  stop(): Promise<void>;
}

/** A real server on a free port; `more` are its options: `--maxclients 10`. It ends with the test file at the latest. */
export async function startRedis(more: string[] = []): Promise<Redis> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-redis-'));
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...more];
  const child = spawn(program ?? 'redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async () => {
    forget();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  const forget = atFileEnd(stop);
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => line.includes('Ready to accept connections') && resolve());
    child.on('exit', () => reject(new Error('Redis did not start')));
  });
  return { port, folder, stop };
}
