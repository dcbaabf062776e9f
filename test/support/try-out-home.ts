import { once } from 'node:events';
import { readFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type BotHome, makeHome } from './bot.ts';

const root = resolve(import.meta.dirname, '../..');

/** A folder for what a newcomer gets by `npm start`: the default ops.yml, the demo clinic, the page; on free ports. */
export async function makeTryOutHome(): Promise<BotHome> {
  const first = await freePorts(3);
  const opsYml = (await readFile(join(root, 'ops.yml'), 'utf8')).replace(/\b300([234])\b/g, (_, digit: string) =>
    String(first + Number(digit) - 2),
  );
  const home = await makeHome(opsYml, { WORKSPACE_PORT: '0', DEMO_PORT: String(first) });
  for (const folder of ['checks', 'templates']) await symlink(join(root, folder), join(home.dir, folder));
  return home;
}

/** The first of so many ports in a row that are free now, below those that systems give out by themselves. */
async function freePorts(count: number): Promise<number> {
  for (let tried = 0; tried < 50; tried += 1) {
    const first = 21_000 + Math.floor(Math.random() * 9_000);
    const ports = Array.from({ length: count }, (_, at) => first + at);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
  throw new Error('no free ports in a row were found');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
