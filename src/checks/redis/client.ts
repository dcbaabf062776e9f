import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { encoded, parseReply, type Reply } from './resp.ts';

export interface RedisServer {
  host: string;
  port: number;
  tls?: { ca: string | undefined; insecure: boolean };
  /** What the server may send in all. */
  maxBytes: number;
}

export type Stage = 'connection' | 'answer';

/** Why there is no answer. */
export type NoAnswer =
  | { kind: 'failed'; error: Error }
  /** The server closed the connection. */
  | { kind: 'closed' }
  /** The signal was aborted first. */
  | { kind: 'silent'; stage: Stage }
  | { kind: 'too_large' }
  /** This is not Redis. */
  | { kind: 'strange' };

/** Thrown by `ask` once the conversation is over. */
class Ended extends Error {
  readonly why: NoAnswer;
  constructor(why: NoAnswer) {
    super(why.kind);
    this.why = why;
  }
}

export type Ask = (...words: string[]) => Promise<Reply>;

/** Has `talk` send its commands one after the other on a connection of its own, which is closed afterwards. */
export async function talkToRedis<Answer>(
  server: RedisServer,
  talk: (ask: Ask, connectMs: number) => Promise<Answer>,
  signal: AbortSignal,
): Promise<{ kind: 'answer'; answer: Answer } | NoAnswer> {
  if (signal.aborted) return { kind: 'silent', stage: 'connection' };
  const startedMs = performance.now();
  const socket = open(server);
  let stage: Stage = 'connection';
  let ended: Ended | undefined;
  let waiting: PromiseWithResolvers<Reply> | undefined;
  const end = (why: NoAnswer) => {
    ended ??= new Ended(why);
    waiting?.reject(ended);
    ready.reject(ended);
    socket.destroy();
  };
  const ready = Promise.withResolvers<void>();
  // Whoever waits gets the reason; nobody may be waiting.
  ready.promise.catch(() => {});
  const onAbort = () => end({ kind: 'silent', stage });
  signal.addEventListener('abort', onAbort, { once: true });

  let bytes = 0;
  let came: Buffer = Buffer.alloc(0);
  const next = () => {
    if (waiting === undefined) return;
    const parsed = parseReply(came);
    if (parsed.kind === 'strange') end({ kind: 'strange' });
    if (parsed.kind !== 'reply') return;
    came = parsed.rest;
    const { resolve } = waiting;
    waiting = undefined;
    resolve(parsed.reply);
  };
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > server.maxBytes) return end({ kind: 'too_large' });
    came = Buffer.concat([came, chunk]);
    next();
  });
  socket.on('error', (error) => end({ kind: 'failed', error }));
  socket.on('close', () => end({ kind: 'closed' }));
  socket.on(server.tls ? 'secureConnect' : 'connect', () => {
    stage = 'answer';
    ready.resolve();
  });

  const ask: Ask = (...words) => {
    waiting = Promise.withResolvers<Reply>();
    const { promise } = waiting;
    if (ended !== undefined) waiting.reject(ended);
    else socket.write(encoded(words));
    // A server that turns everybody away says so before it is asked.
    next();
    return promise;
  };
  try {
    await ready.promise;
    return { kind: 'answer', answer: await talk(ask, performance.now() - startedMs) };
  } catch (error) {
    if (error instanceof Ended) return error.why;
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

function open({ host, port, tls }: RedisServer): Socket {
  if (tls === undefined) return connectTcp({ host, port });
  const servername = isIP(host) === 0 ? host : undefined;
  return connectTls({ host, port, servername, ca: tls.ca, rejectUnauthorized: !tls.insecure });
}
