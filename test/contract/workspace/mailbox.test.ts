import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortError } from '../../../src/kernel/errors.ts';
import { createMail } from '../../../src/mail/mail.ts';
import { MAIL } from '../../../src/workspace/mailbox/session.ts';
import { startWorkspace, type Workspace } from '../../../src/workspace/workspace.ts';
import { eventually } from '../../support/eventually.ts';

const { signal } = new AbortController();
const message = { to: 'anna@example.com', subject: 'INC-1: API is down', text: 'Line 1\nLine 2', id: 'incident-1' };

let workspace: Workspace;
beforeEach(async () => {
  workspace = await startWorkspace();
});
afterEach(() => workspace.close());

const received = () => workspace.phone.received();
const mail = (changes: { url?: string; timeoutMs?: number } = {}) => createMail({ ...workspace.mailbox, ...changes });
const failureOf = async (sending: Promise<void>) => {
  const error = await sending.catch((thrown: unknown) => thrown);
  if (!(error instanceof PortError)) throw error;
  return { reason: error.reason, retryable: error.retryable };
};

/** A sender that writes what it likes. */
async function raw(): Promise<{ socket: Socket; say(text: string): void; heard(): string; closed: Promise<void> }> {
  const socket = createConnection(Number(new URL(workspace.mailbox.url).port), '127.0.0.1');
  let heard = '';
  // Hung up on in the middle of what it says, it hears of that as a reset.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => void socket.on('close', () => resolve()));
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    heard += chunk;
  });
  await once(socket, 'connect');
  return { socket, say: (text) => void socket.write(text, 'latin1'), heard: () => heard, closed };
}

/** The words of AUTH PLAIN that let somebody in. */
function credentials(): string {
  const { username, password } = new URL(workspace.mailbox.url);
  return Buffer.from(`\0${username}\0${password}`).toString('base64');
}

const hello = () => `EHLO me\r\nAUTH PLAIN ${credentials()}\r\nMAIL FROM:<a@example.com>\r\n`;

describe('an e-mail', () => {
  it('that is sent as the bot sends it comes whole, with whose address it is', async () => {
    await mail().send(message, signal);
    expect(received()).toEqual([
      {
        ...{ id: 1, way: 'email', to: 'anna@example.com', name: 'Anna', from: 'Rounds <rounds@example.com>' },
        ...{ subject: 'INC-1: API is down', words: 'Line 1\nLine 2', at: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
    ]);
  });

  it('keeps letters of all kinds, lines that begin with dots, and long lines', async () => {
    const text = `Überlast → ${'läuft '.repeat(60)}\n.\n..two\n=C3 stays`;
    await mail().send({ ...message, subject: 'Störung: наша база упала, und das seit einer Weile 🚨', text }, signal);
    expect(received()[0]).toMatchObject({
      subject: 'Störung: наша база упала, und das seit einer Weile 🚨',
      words: text,
    });
  });

  it('loses what would hide in it: control characters, marks that turn the direction', async () => {
    await mail().send(
      { ...message, subject: 'down\u202egnp.exe', text: '\u001b[2Jgone\u2066\u0007<b>bold</b>' },
      signal,
    );
    expect(received()[0]).toMatchObject({ subject: 'downgnp.exe', words: '[2Jgone<b>bold</b>' });
  });

  it('to a stranger has no name; of one that is very long the beginning is kept', async () => {
    await mail().send({ ...message, to: 'eve@example.org', text: 'x'.repeat(20_000) }, signal);
    expect(received()[0]).not.toHaveProperty('name');
    expect(received()[0]?.words).toBe(`${'x'.repeat(3_999)}…`);
  });

  it('is one of the newest hundred', async () => {
    const { socket, say, heard } = await raw();
    say(`${hello()}`);
    for (let n = 1; n <= 111; n += 1)
      say(`MAIL FROM:<a@b>\r\nRCPT TO:<a@b.c>\r\nDATA\r\nSubject: ${n}\r\n\r\nx\r\n.\r\n`);
    say('QUIT\r\n');
    await eventually(() => expect(heard()).toContain('221 bye'));
    socket.destroy();
    expect(received().length).toBeLessThanOrEqual(100);
    expect(received().at(-1)).toMatchObject({ id: 111, subject: '111' });
  });
});

describe('who is refused', () => {
  it('has another password', async () => {
    const url = workspace.mailbox.url.replace(/:[^:@]*@/, ':wrong@');
    expect(await failureOf(mail({ url }).send(message, signal))).toMatchObject({ reason: 'unauthorized' });
    expect(received()).toEqual([]);
  });

  it('has none: nothing is taken before', async () => {
    const { say, heard, socket } = await raw();
    say('EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b.c>\r\nDATA\r\nQUIT\r\n');
    await eventually(() => expect(heard()).toContain('221 bye'));
    expect(heard()).toMatch(/530 authenticate first\r\n503 MAIL first\r\n503 RCPT first/);
    socket.destroy();
  });

  it.each([
    ['speaks HTTP, as a browser that a website sent here', 'POST / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['sends a line that does not end', 'x'.repeat(MAIL.lineBytes + 1)],
    ['is refused again and again', 'NONSENSE\r\n'.repeat(MAIL.refusals + 5)],
  ])('%s is hung up on', async (_, said) => {
    const { say, closed } = await raw();
    say(said);
    await closed;
    await mail().send(message, signal);
    expect(received().length).toBe(1);
  });

  it('sends more than it takes: the rest is read and forgotten, and without end it hangs up', async () => {
    const { say, heard, closed } = await raw();
    const line = `${'x'.repeat(998)}\r\n`;
    const large = line.repeat(Math.ceil(MAIL.bytes / line.length) + 1);
    say(`${hello()}RCPT TO:<a@b.c>\r\nDATA\r\n${large}.\r\nNOOP\r\n`);
    await eventually(() => expect(heard()).toMatch(/552 at most \d+ bytes\r\n250 ok\r\n$/));
    say(`MAIL FROM:<a@b>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n${large.repeat(5)}`);
    await closed;
    expect(received()).toEqual([]);
    expect(await failureOf(mail().send({ ...message, text: large }, signal))).toMatchObject({ reason: 'refused' });
  });

  it('writes to too many at once, or to no address', async () => {
    const { say, heard, socket } = await raw();
    say(`${hello()}${'RCPT TO:<a@b.c>\r\n'.repeat(MAIL.recipients + 1)}RCPT TO:<nobody>\r\nQUIT\r\n`);
    await eventually(() => expect(heard()).toContain('221 bye'));
    expect(heard()).toMatch(/452 too many recipients\r\n501 RCPT TO:<address>/);
    socket.destroy();
  });

  it('comes when there are too many connections already; others go on', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => raw()));
    await eventually(() => expect(many.every(({ heard }) => heard().startsWith('220'))).toBe(true));
    await (await raw()).closed;
    many[0]!.say('NOOP\r\n');
    await eventually(() => expect(many[0]!.heard()).toContain('250 ok'));
    for (const each of many) each.socket.destroy();
    await eventually(() => mail().send(message, signal));
  });
});

describe('faults', () => {
  it.each([
    [{ kind: 'http', status: 503 } as const, { reason: 'unavailable', retryable: true }, 0],
    [{ kind: 'error', error: 'broken' } as const, { reason: 'refused', retryable: false }, 0],
    [{ kind: 'drop-request' } as const, { reason: 'unreachable', retryable: true }, 0],
    [{ kind: 'drop-response' } as const, { reason: 'unreachable', retryable: true }, 1],
  ])('%j stands for it as for a method of Slack, once', async (fault, failure, came) => {
    workspace.fault('smtp.send', fault);
    expect(await failureOf(mail().send(message, signal))).toEqual(failure);
    expect(received().length).toBe(came);
    await mail().send(message, signal);
    expect(received().length).toBe(came + 1);
  });
});
