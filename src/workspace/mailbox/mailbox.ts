import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Faults } from '../faults.ts';
import type { Received } from '../phone/received.ts';
import { listen } from '../server.ts';
import type { WorkspaceState } from '../state.ts';
import { readLetter } from './letter.ts';
import { type Envelope, MAIL, Session } from './session.ts';

/** Its name among the faults and in the traffic. */
const SEND = 'smtp.send';
const CONNECTIONS = 20;
/** How long a connection may say nothing. */
const IDLE_MS = 30_000;

/** The stand-in for a mail server: what the bot's environment must say. */
export interface Mailbox {
  /** SMTP_URL, with its user and password. */
  url: string;
  /** MAIL_FROM. */
  from: string;
}

/** Starts it on a free loopback port of its own. */
export async function startMailbox(state: WorkspaceState, faults: Faults, received: Received) {
  const [user, password] = ['rounds', randomBytes(16).toString('hex')];
  const sockets = new Set<Socket>();
  const deliver = (envelope: Envelope) => take(envelope, { state, faults, received });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    // A connection that breaks off is over; there is nobody to tell.
    serve(socket, new Session({ user, password, deliver })).catch(() => socket.destroy());
  });
  server.maxConnections = CONNECTIONS;
  const { port } = new URL(await listen(server, 0, '127.0.0.1'));
  const mailbox: Mailbox = { url: `smtp://${user}:${password}@127.0.0.1:${port}`, from: 'Rounds <rounds@example.com>' };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { mailbox, close };
}

async function serve(socket: Socket, session: Session): Promise<void> {
  socket.write('220 local mailbox ESMTP\r\n');
  let buffered = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    const lines = (buffered + chunk).split('\r\n');
    buffered = lines.pop() ?? '';
    for (const line of lines) {
      const { line: answer, end } = await session.take(line);
      if (answer !== undefined) socket.write(`${answer}\r\n`);
      if (end) return void (answer === undefined ? socket.destroy() : socket.end());
    }
    if (buffered.length > MAIL.lineBytes) return void socket.end('500 a line that is too long\r\n');
  }
}

/** One e-mail, with the fault that is meant for it; told as a call, so that the drawer shows it. */
async function take(
  { from, to, raw }: Envelope,
  { state, faults, received }: { state: WorkspaceState; faults: Faults; received: Received },
): Promise<string | undefined> {
  const at = state.clock.now();
  const startedMs = performance.now();
  const letter = readLetter(raw);
  const fault = faults.take(SEND);
  if (fault?.kind === 'delay') await delay(fault.ms);
  const refused = refusedBy(fault);
  if (!refused && fault?.kind !== 'drop-request')
    for (const each of to)
      received.take({ way: 'email', to: each, from: letter.from || from, subject: letter.subject, words: letter.text });
  const dropped = fault?.kind === 'drop-request' || fault?.kind === 'drop-response';
  const answer = refused ?? '250 taken';
  const call = {
    ...{ method: SEND, args: { to, ...letter }, status: dropped ? 0 : Number.parseInt(answer, 10) },
    ...(!dropped && { answer: { answer } }),
    ...{ tokenHint: '', ms: performance.now() - startedMs, at, faulted: fault !== undefined },
  };
  state.events.emit({ type: 'call', call });
  return dropped ? undefined : answer;
}

function refusedBy(fault: Fault | undefined): string | undefined {
  if (fault?.kind === 'http' || fault?.kind === 'ratelimited') return '451 not now';
  return fault?.kind === 'error' ? `554 ${fault.error}` : undefined;
}
