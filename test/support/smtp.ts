import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenOn } from './listen.ts';

export interface ReceivedMail {
  to: string[];
  /** Headers and body as they were sent. */
  text: string;
}

/** How it answers: as a server does; not at all; with this code at RCPT; by hanging up behind the e-mail it took. */
export type SmtpManner = 'takes' | 'silent' | `refuses ${number}` | 'takes and hangs up';

/** A mail server that keeps what it gets; it can misbehave. */
export async function smtpServer(manner: SmtpManner = 'takes') {
  const state = { manner, mails: [] as ReceivedMail[], sockets: new Set<Socket>() };
  const server = createServer((socket) => {
    state.sockets.add(socket);
    socket.on('close', () => state.sockets.delete(socket));
    socket.on('error', () => {});
    serve(socket, state);
  });
  const port = await listenOn(server);
  const close = async () => {
    for (const socket of state.sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: state.mails,
    open: () => state.sockets.size,
    close,
    become(next: SmtpManner) {
      state.manner = next;
    },
  };
}

function serve(socket: Socket, state: { manner: SmtpManner; mails: ReceivedMail[] }): void {
  let buffered = '';
  let to: string[] = [];
  let data: string | undefined;
  const say = (line: string) => socket.write(`${line}\r\n`);
  if (state.manner !== 'silent') say('220 test ESMTP');
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    if (state.manner === 'silent') return;
    buffered += chunk;
    for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      take(line);
    }
  });

  function take(line: string): void {
    if (data !== undefined) {
      if (line !== '.') {
        data += `${line}\n`;
        return;
      }
      state.mails.push({ to, text: data });
      [to, data] = [[], undefined];
      if (state.manner === 'takes and hangs up') socket.destroy();
      else say('250 taken');
      return;
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') say('250 test');
    else if (verb === 'RCPT') {
      const code = /^refuses (\d+)$/.exec(state.manner)?.[1];
      if (code) return void say(`${code} not for anna@example.com`);
      to.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
      say('250 ok');
    } else if (verb === 'DATA') {
      data = '';
      say('354 go on');
    } else if (verb === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say('250 ok');
  }
}
