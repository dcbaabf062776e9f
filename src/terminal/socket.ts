import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { OpsError } from '../kernel/errors.ts';
import { closeServer } from '../kernel/listening.ts';
import type { Answer } from './answer.ts';
import { readRequest, type TerminalRequest } from './parse.ts';

/** A path of a Unix socket must fit into 107 bytes; a longer DATA_DIR gets none and the terminal opens the database itself. */
const MAX_PATH_BYTES = 107;
const MAX_BODY_BYTES = 64 * 1024;
/** A side that says nothing for this long is taken for stuck; an answer on its way beats more often. */
const SILENCE_MS = 5_000;
const BEAT_MS = 1_000;

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
  const limits = { headersTimeout: SILENCE_MS, requestTimeout: SILENCE_MS, connectionsCheckingInterval: 1_000 };
  const server = createServer(limits, (req, res) => {
    respond(req, res).catch((error: unknown) => {
      // A terminal that leaves in the middle of its request waits for no answer.
      if (!req.complete) return void res.destroy();
      res.end(JSON.stringify({ problem: error instanceof Error ? error.message : String(error), exitCode: 3 }));
    });
  });
  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const body = await readText(req);
    res.writeHead(200, { 'content-type': 'application/json' });
    // JSON may begin with spaces: they say that the bot lives and works on the answer.
    const beat = setInterval(() => res.write(' '), BEAT_MS);
    res.write(' ');
    try {
      res.end(JSON.stringify(await answer(readRequest(body), gone.signal)));
    } finally {
      clearInterval(beat);
    }
  }
  // The mask is the whole process's: it may only hold while the socket is bound, which `listen` does at once.
  const old = process.umask(0o177);
  server.listen(path);
  process.umask(old);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return () => closeServer(server);
}

async function readText(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) throw new OpsError('invalid', 'This request is too long');
  }
  return body;
}

/** Asks the running bot; undefined when none listens. Throws OpsError('unavailable') when it listens but says nothing. */
export function askRunningBot(
  dataDir: string,
  question: TerminalRequest,
  signal: AbortSignal,
  silenceMs = SILENCE_MS,
): Promise<Answer | undefined> {
  const hint = 'look at its log, or ask in Slack';
  const ended = (cause: unknown) =>
    new OpsError('unavailable', 'the running bot ended before it had the answer', { hint: 'ask again', cause });
  return new Promise((resolve, reject) => {
    const req = httpRequest({ socketPath: socketPath(dataDir), path: '/', method: 'POST', signal }, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (chunk) => (body += chunk));
      res.on('end', () => resolve(JSON.parse(body) as Answer));
      res.on('error', (error) => reject(signal.aborted ? error : ended(error)));
    });
    req.setTimeout(silenceMs, () => {
      reject(new OpsError('unavailable', 'the running bot does not answer', { hint }));
      req.destroy();
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ECONNREFUSED', 'ENAMETOOLONG', 'EINVAL'].includes(error.code ?? '')) resolve(undefined);
      else reject(error.code === 'ECONNRESET' && !signal.aborted ? ended(error) : error);
    });
    req.end(JSON.stringify(question));
  });
}
