import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { postgresBinaries, type RunAs, unprivilegedUser } from './postgres-binaries.ts';
import { copyRunning } from './postgres-copy.ts';

export interface PostgresSetting {
  /** Beside those of every test's server, or instead of them. */
  settings?: Record<string, string>;
  /** `npm` = the one from npm, also where another one is installed. */
  from?: 'npm';
  /** Data pages have checksums; as of PostgreSQL 18 they have them in any case. */
  checksums?: true;
}

/** A PostgreSQL server of a test's own. It ends with the test's process, also when that one is killed. */
export interface Postgres {
  /** A superuser's URL of the database `postgres`. */
  url: string;
  port: number;
  /** A new, empty database's URL. */
  createDatabase(): Promise<string>;
  /** Ends it as a crash would: open connections break, new ones are refused until `restart`. */
  kill(): Promise<void>;
  /** Starts it on the same port with the same data; ends it before, if it runs. */
  restart(): Promise<void>;
  /** Freezes it: connections stay open, nothing answers. */
  pause(): Promise<void>;
  resume(): void;
  /** A standby that streams from it; needs `wal_level: replica` and `max_wal_senders`. */
  startStandby(): Promise<Postgres>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts the server when told to, and when its input ends (this process is gone) kills it and removes its files.
 * A process of its own session, so that neither Ctrl-C nor the kill of a process group takes it first.
 */
const KEEPER = `
start() {
  rm -f pid
  ( "$@" 2>&1 </dev/null & echo $! >pid; wait $!; echo EXITED ) &
  until [ -s pid ]; do sleep 0.01; done
}
end() {
  [ -s pid ] && kill -QUIT "$(cat pid)" 2>/dev/null
  wait
}
while read -r order; do
  case $order in start) start "$@" ;; end) end ;; esac
done
end
cd / && rm -rf "$FOLDER"
`;

/** Above the privileged ports and below those that systems give out, so that no other test's server gets one. */
const PORTS = { from: 15_000, to: 32_000 };

/** Starts a PostgreSQL server on 127.0.0.1: an installed one (13 or newer), else the one from npm. Takes about a second. */
export async function startPostgres({ settings = {}, from, checksums }: PostgresSetting = {}): Promise<Postgres> {
  const runAs = await unprivilegedUser();
  const folder = await ownFolder(runAs);
  const binaries = await postgresBinaries(folder, runAs, from);
  const password = randomBytes(9).toString('hex');
  await createCluster({ binaries, folder, password, settings, runAs }, checksums ? ['--data-checksums'] : []);
  return launch({ binaries, folder, password, settings, runAs });
}

/** A root's TMPDIR may be closed to others. */
async function ownFolder(runAs: RunAs | undefined): Promise<string> {
  const folder = await mkdtemp(join(runAs && existsSync('/tmp') ? '/tmp' : tmpdir(), 'rounds-postgres-'));
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
  return folder;
}

interface Cluster {
  binaries: string;
  /** Holds `data`. */
  folder: string;
  password: string;
  settings: Record<string, string>;
  runAs: RunAs | undefined;
}

/** Starts the server of a cluster that is there. */
async function launch(cluster: Cluster): Promise<Postgres> {
  const { binaries, folder, password, runAs } = cluster;
  const port = await freePort();
  const keeper = startKeeper(cluster, port);
  const log = readLog(keeper);
  const urlOf = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  const url = urlOf('postgres');
  let databases = 0;
  let frozen: number[] = [];

  const start = async (): Promise<void> => {
    keeper.stdin!.write('start\n');
    await log.until(/database system is ready to accept (read-only )?connections/);
  };
  const kill = async (): Promise<void> => {
    if (!log.running()) return;
    keeper.stdin!.write('end\n');
    await log.until(/^EXITED$/);
  };
  const resume = (): void => {
    for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
  };
  await start();

  return {
    url,
    port,
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await asSuperuser(url, (client) => client.query(`create database ${name}`));
      return urlOf(name);
    },
    kill: () => {
      resume();
      return kill();
    },
    restart: async () => {
      resume();
      await kill();
      await start();
    },
    pause: async () => {
      frozen = await asSuperuser(url, serverProcesses);
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    },
    resume,
    startStandby: async () => {
      const copy = await ownFolder(runAs);
      await asSuperuser(url, (client) => copyRunning(client, join(folder, 'data'), join(copy, 'data')));
      const primary = `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=standby`;
      await writeFile(join(copy, 'data', 'standby.signal'), '');
      if (runAs) spawnSync('chown', ['-R', `${runAs.uid}:${runAs.gid}`, copy]);
      return launch({
        binaries,
        folder: copy,
        password,
        runAs,
        settings: { ...cluster.settings, primary_conninfo: primary },
      });
    },
    stop: async () => {
      resume();
      if (keeper.exitCode !== null || keeper.signalCode !== null) return;
      keeper.stdin!.end();
      await once(keeper, 'exit');
    },
  };
}

async function createCluster({ binaries, folder, password, runAs }: Cluster, more: string[]): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const { status, stderr, stdout } = spawnSync(
    join(binaries, 'initdb'),
    [
      '-D',
      'data',
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
      '-E',
      'UTF8',
      '--locale=C',
      '-N',
      ...more,
    ],
    { cwd: folder, encoding: 'utf8', env: environment(), ...runAs },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}${stdout}`);
}

function startKeeper({ binaries, folder, settings: own, runAs }: Cluster, port: number): ChildProcess {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    fsync: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    timezone: 'UTC',
    lc_messages: 'C',
    log_destination: 'stderr',
    logging_collector: 'off',
    ...own,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn('/bin/sh', ['-c', KEEPER, 'keeper', join(binaries, 'postgres'), '-D', 'data', ...flags], {
    cwd: folder,
    env: { ...environment(), FOLDER: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    ...runAs,
  });
}

/** Nothing of the caller's PG… variables, and messages in English. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C' };
}

/** Follows the server's log. */
function readLog(keeper: ChildProcess): { until(line: RegExp): Promise<void>; running(): boolean } {
  const lines = createInterface({ input: keeper.stdout! });
  const recent: string[] = [];
  let running = false;
  lines.on('line', (line) => {
    recent.push(line);
    if (recent.length > 50) recent.shift();
    if (/ready to accept (read-only )?connections/.test(line)) running = true;
    if (line === 'EXITED') running = false;
  });
  return {
    running: () => running,
    until: (wanted) =>
      new Promise((resolve, reject) => {
        lines.on('line', function onLine(line) {
          if (!wanted.test(line) && line !== 'EXITED') return;
          lines.off('line', onLine);
          if (wanted.test(line)) resolve();
          else reject(new Error(`PostgreSQL did not start:\n${recent.join('\n')}`));
        });
      }),
  };
}

/** A port of 127.0.0.1 for a server that takes no 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

async function asSuperuser<R>(url: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The postmaster first: once it is frozen there are no new ones. */
async function serverProcesses(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>(`
    select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid
    union all
    select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`);
  return rows.map(({ pid }) => pid);
}
