import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { OpsError } from '../kernel/errors.ts';
import type { Answer } from './answer.ts';
import { readRequest, type TerminalRequest } from './parse.ts';

/** A path of a Unix socket must fit into 107 bytes; a longer DATA_DIR gets none and the terminal opens the database itself. */
const MAX_PATH_BYTES = 107;
const MAX_BODY_BYTES = 64 * 1024;

export function socketPath(dataDir: string): string {
  return join(dataDir, 'rounds.sock');
}

/** Answers terminals of this machine's owner: the socket's mode is 0600. Returns a function that closes it. */
export async function listenForTerminals(
  dataDir: string,
  answer: (request: TerminalRequest, signal: AbortSignal) => Promise<Answer>,
): Promise<() => Promise<void>> {
  const path = socketPath(dataDir);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new OpsError('unavailable', `${path} is too long for a socket`, { hint: 'set a shorter DATA_DIR' });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await rm(path, { force: true });
  const server = createServer(async (req, res) => {
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    let body = '';
    for await (const chunk of req) {
      body += chunk;
      if (body.length > MAX_BODY_BYTES) return void res.writeHead(413).end();
    }
    const result = await respond(body, gone.signal);
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  });
  async function respond(body: string, signal: AbortSignal): Promise<Answer> {
    try {
      return await answer(readRequest(body), signal);
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error), exitCode: 3 };
    }
  }
  // The mask is the whole process's: it may only hold while the socket is bound, which `listen` does at once.
  const old = process.umask(0o177);
  server.listen(path);
  process.umask(old);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

/** Asks the running bot; undefined when none listens. */
export function askRunningBot(
  dataDir: string,
  question: TerminalRequest,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const req = httpRequest({ socketPath: socketPath(dataDir), path: '/', method: 'POST', signal }, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (chunk) => (body += chunk));
      res.on('end', () => resolve(JSON.parse(body) as Answer));
      res.on('error', reject);
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ECONNREFUSED', 'ENAMETOOLONG', 'EINVAL'].includes(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
    req.end(JSON.stringify(question));
  });
}
