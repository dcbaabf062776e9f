import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BotHome, makeHome, rounds } from '../support/bot.ts';
import { listenOn } from '../support/listen.ts';

/** What a person in the worst hour waits: 3 s for the database, and the rest for a loaded machine. */
const patienceMs = 6_000;
const target = createHttpServer((_req, res) => res.end('{"status": "healthy"}'));
let home: BotHome;
let silent: Server;
const held = new Set<Socket>();

beforeEach(async () => {
  silent = createServer((socket) => void held.add(socket.on('error', () => socket.destroy())));
  const port = await listenOn(target);
  home = await makeHome(`
version: 1
checks:
  - {id: api, every: 1m, held_for: 2m, http: {url: "http://127.0.0.1:${port}/"}}
  - {id: nobody, tcp: {host: 127.0.0.1, port: 9}}
`);
});
afterEach(async () => {
  for (const socket of held) socket.destroy();
  silent.close();
  target.closeAllConnections();
  target.close();
  await once(target, 'close');
  await home.remove();
});

const refusing = async () => 'postgres://x:y@127.0.0.1:9/none';
const unanswering = async () => `postgres://x:y@127.0.0.1:${await listenOn(silent)}/none`;

async function timed(args: string[], DATABASE_URL: string, env: NodeJS.ProcessEnv = {}) {
  const startedAt = performance.now();
  const ended = await rounds(home, args, { DATABASE_URL, ...env });
  return { ...ended, tookMs: performance.now() - startedAt };
}

describe('a terminal while the database server is away', () => {
  it.each([
    ['refuses', refusing, 'connection refused'],
    ['says nothing', unanswering, 'timed out'],
  ])('measures without history: it %s', async (_, away, why) => {
    const { code, stdout, stderr, tookMs } = await timed(['health', '--json'], await away());
    const report = JSON.parse(stdout);
    expect([code, report.verdict, report.counts.ok]).toEqual([2, 'fail', 1]);
    expect(report.warnings).toContain('history not saved: the database is unreachable');
    expect(stderr).toMatch(new RegExp(`^cannot reach the database at 127.0.0.1:\\d+/none: ${why}\n→ .+\n$`));
    expect(tookMs).toBeLessThan(patienceMs);
  });

  it('gives the verdict of one check, with its details', async () => {
    const { code, stdout, stderr } = await timed(['health', 'api'], await refusing());
    expect([code, stdout]).toEqual([0, expect.stringContaining('api')]);
    expect(stderr).toMatch(/^cannot reach the database at .+\n→ .+\n$/);
  });

  it.each([
    ['maintenance', ['maintenance']],
    ['audit verify', ['audit', 'verify']],
  ])('says so in one line where a command needs it: %s', async (_, words) => {
    const { code, stdout, stderr, tookMs } = await timed(words, await refusing());
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^cannot reach the database at 127.0.0.1:9\/none: connection refused\n→ .+\n$/);
    expect(tookMs).toBeLessThan(patienceMs);
  });

  it('tells each try when the log is to say more', async () => {
    const { stderr } = await timed(['maintenance'], await refusing(), { LOG_LEVEL: 'warn' });
    expect(stderr).toContain('trying again');
  });
});
