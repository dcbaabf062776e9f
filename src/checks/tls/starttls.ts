import type { Socket } from 'node:net';

/** What came of asking for TLS in a protocol that begins in plain text. */
export type Upgrade = { kind: 'ready' } | { kind: 'refused'; error: string };

/** A greeting and a list of extensions have some hundred bytes. */
const maxBytes = 8_192;

/** Asks for TLS; afterwards the handshake can begin on the same socket. Rejects with the socket's own error. */
export async function askForTls(socket: Socket, protocol: 'postgres' | 'smtp'): Promise<Upgrade> {
  return protocol === 'postgres' ? askPostgres(socket) : askSmtp(socket);
}

/** SSLRequest: its length and the code 1234.5679; the answer is one byte. */
async function askPostgres(socket: Socket): Promise<Upgrade> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(80_877_103, 4);
  socket.write(request);
  const answer = await read(socket, (bytes) => bytes.length > 0);
  // Whatever follows the S in plain text was put there by somebody on the way: it must not pass for the session's.
  if (answer.toString('latin1') === 'S') return { kind: 'ready' };
  if (answer.length > 1) return refused('more than one byte came before TLS begins');
  if (answer[0] === 0x4e) return refused('the server offers no TLS: turn ssl on');
  return refused('the server does not answer as PostgreSQL');
}

async function askSmtp(socket: Socket): Promise<Upgrade> {
  const greeting = await reply(socket);
  if (greeting.code !== '220') return refused(`the mail server greets with ${greeting.code || 'no SMTP'}`);
  socket.write('EHLO rounds.invalid\r\n');
  const hello = await reply(socket);
  if (hello.code !== '250') return refused(`the mail server answers EHLO with ${hello.code || 'no SMTP'}`);
  if (!/^250[ -]STARTTLS\r?$/im.test(hello.text)) return refused('the mail server offers no STARTTLS');
  socket.write('STARTTLS\r\n');
  const begin = await reply(socket);
  if (begin.code !== '220') return refused(`the mail server answers STARTTLS with ${begin.code || 'no SMTP'}`);
  // As above: what stands behind the reply in plain text was not said by the server.
  if (/\n./s.test(begin.text)) return refused('the mail server says more than it was asked before TLS begins');
  return { kind: 'ready' };
}

function refused(error: string): Upgrade {
  return { kind: 'refused', error };
}

/** One reply of SMTP, all of its lines; code '' = it is none. */
async function reply(socket: Socket): Promise<{ code: string; text: string }> {
  const bytes = await read(socket, (sofar) => /^(?!\d{3}-)[^\n]*\n$/m.test(lastLine(sofar.toString('latin1'))));
  const text = bytes.toString('latin1');
  return { code: /^\d{3}/.exec(text)?.[0] ?? '', text };
}

/** With its line break; '' while the last line isn't whole. */
function lastLine(text: string): string {
  return text.endsWith('\n') ? text.slice(text.lastIndexOf('\n', text.length - 2) + 1) : '';
}

/** Reads until `whole`, and leaves the socket paused: the next byte is for whoever reads next. */
function read(socket: Socket, whole: (bytes: Buffer) => boolean): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let bytes = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (whole(bytes) || bytes.length > maxBytes) {
      socket.pause();
      resolve(bytes);
    }
  };
  const onClose = () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
  socket.on('data', onData).once('error', reject).once('close', onClose).once('end', onClose);
  socket.resume();
  return promise.finally(() => {
    socket.off('data', onData).off('error', reject).off('close', onClose).off('end', onClose);
  });
}
