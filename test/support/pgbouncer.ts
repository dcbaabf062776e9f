import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { atFileEnd } from './leftovers.ts';
import { listenOn } from './listen.ts';
import { freePort } from './postgres.ts';
import { unprivilegedUser } from './postgres-binaries.ts';

export type Rows = Record<string, string>[];
/** What the console of a stand-in shows, by the word after SHOW. */
export type Console = Record<string, Rows>;

/** As PgBouncer 1.18 shows them: a database `shop` with a pool of 20, two clients, one of them busy. */
export function healthyConsole(): Console {
  const pool = {
    cl_active: '1',
    cl_waiting: '0',
    cl_active_cancel_req: '0',
    cl_waiting_cancel_req: '0',
    sv_active: '1',
    sv_active_cancel: '0',
    sv_being_canceled: '0',
    sv_idle: '3',
    sv_used: '0',
    sv_tested: '0',
    sv_login: '0',
    maxwait: '0',
    maxwait_us: '0',
    pool_mode: 'transaction',
  };
  const database = { max_connections: '0', current_connections: '4', paused: '0', disabled: '0' };
  const stats = { avg_query_count: '120', avg_query_time: '2500', avg_wait_time: '0' };
  return {
    pools: [
      { database: 'pgbouncer', user: 'pgbouncer', ...pool, sv_active: '0', sv_idle: '0' },
      { database: 'shop', user: 'app', ...pool },
    ],
    databases: [
      { name: 'pgbouncer', pool_size: '2', ...database },
      { name: 'shop', pool_size: '20', ...database },
    ],
    lists: [
      { list: 'databases', items: '2' },
      { list: 'used_clients', items: '3' },
    ],
    config: [
      { key: 'default_pool_size', value: '20', default: '20', changeable: 'yes' },
      { key: 'max_client_conn', value: '200', default: '100', changeable: 'yes' },
    ],
    stats: [
      { database: 'pgbouncer', ...stats, avg_query_count: '1', avg_query_time: '0' },
      { database: 'shop', ...stats },
    ],
  };
}

/** A message of PostgreSQL's protocol. */
function message(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const error = (severity: string, code: string, text: string) =>
  message('E', `S${severity}`, `C${code}`, `M${text}`, Buffer.from([0]));
const ready = message('Z', Buffer.from('I'));

function table(rows: Rows): Buffer {
  const names = Object.keys(rows[0] ?? { none: '' });
  const fields = names.flatMap((name) => [name, int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
  const data = rows.map((row) => {
    const values = names.map((name) => Buffer.from(row[name] ?? ''));
    return message('D', int16(names.length), ...values.flatMap((value) => [int32(value.length), value]));
  });
  return Buffer.concat([message('T', int16(names.length), ...fields), ...data, message('C', 'SHOW'), ready]);
}

export interface PgbouncerStandIn {
  /** Lets everybody wait. */
  silent?: boolean;
  /** Databases that it makes when somebody comes; the server behind them does not know the user. */
  onDemand?: string[];
  /** Databases whose server behind it answers nobody. */
  mute?: string[];
}

/**
 * A console that takes plain queries alone, as PgBouncer's does, and knows the users `stats` and `app` with the password
 * `pw`; only `stats` is let in.
 */
export async function standInPgbouncer(
  shown: Console,
  { silent = false, onDemand = [], mute = [] }: PgbouncerStandIn = {},
): Promise<{ port: number }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => socket.destroy()));
    let user = '';
    let database = '';
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (user === '' && bytes.length >= 4 && bytes.length >= bytes.readInt32BE(0)) {
        const start = bytes.toString('utf8', 8);
        user = /user\0([^\0]*)/.exec(start)?.[1] ?? '?';
        database = /database\0([^\0]*)/.exec(start)?.[1] ?? '?';
        bytes = bytes.subarray(bytes.readInt32BE(0));
        if (!silent) socket.write(message('R', int32(3)));
      }
      while (user !== '' && bytes.length >= 5 && bytes.length > bytes.readInt32BE(1)) {
        const [type, length] = [String.fromCharCode(bytes[0] ?? 0), bytes.readInt32BE(1)];
        answer(type, bytes.toString('utf8', 5, length));
        bytes = bytes.subarray(length + 1);
      }
    });
    const answer = (type: string, text: string) => {
      if (type === 'X') socket.end();
      else if (type === 'p' && user !== 'stats') socket.end(error('FATAL', '08P01', 'not allowed'));
      else if (type === 'p' && (text !== 'pw' || onDemand.includes(database)))
        socket.end(error('FATAL', '08P01', `password authentication failed for user "${user}"`));
      else if (type === 'p' && mute.includes(database)) return;
      else if (type === 'p' && database !== 'pgbouncer')
        socket.end(error('FATAL', '08P01', `no such database: ${database}`));
      else if (type === 'p') socket.write(Buffer.concat([message('R', int32(0)), ready]));
      else if (type !== 'Q')
        socket.end(error('FATAL', '08P01', 'extended query protocol not supported by admin console'));
      else {
        const rows = shown[/^show (\w+)$/i.exec(text)?.[1]?.toLowerCase() ?? ''];
        socket.write(
          rows
            ? table(rows)
            : Buffer.concat([error('ERROR', '08P01', `invalid command '${text}', use SHOW HELP;`), ready]),
        );
      }
    };
  });
  atFileEnd(async () => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: await listenOn(server) };
}

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(existsSync);
export const isPgbouncerInstalled = program !== undefined;

/** A real PgBouncer with a database `shop`, which has the connection string `to`, and the users `app`, `stats`, `boss`. */
export async function startPgbouncer(
  to: string,
  more: string[] = [],
): Promise<{ port: number; stop(): Promise<void> }> {
  const runAs = await unprivilegedUser();
  const folder = await mkdtemp(join(runAs && existsSync('/tmp') ? '/tmp' : tmpdir(), 'rounds-pgbouncer-'));
  const port = await freePort();
  const users = ['app', 'stats', 'boss'].map((name) => `"${name}" "pw"\n`).join('');
  const settings = [
    '[databases]',
    `shop = ${to}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = plain',
    `auth_file = ${join(folder, 'users')}`,
    'stats_users = stats',
    'admin_users = boss',
    'pool_mode = transaction',
    ...more,
  ];
  await writeFile(join(folder, 'users'), users);
  await writeFile(join(folder, 'pgbouncer.ini'), settings.join('\n'));
  for (const name of ['', 'users', 'pgbouncer.ini']) if (runAs) await chown(join(folder, name), runAs.uid, runAs.gid);
  const child: ChildProcess = spawn(program ?? 'pgbouncer', ['pgbouncer.ini'], { cwd: folder, ...runAs });
  const stop = async () => {
    forget();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  const forget = atFileEnd(stop);
  const lines = createInterface({ input: child.stderr! });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => line.includes('process up') && resolve());
    child.on('exit', () => reject(new Error('PgBouncer did not start')));
  });
  return { port, stop };
}
