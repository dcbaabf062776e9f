import { timingSafeEqual } from 'node:crypto';

/** What one mail, one line and one connection may be. */
export const MAIL = { bytes: 256 * 1_024, lineBytes: 8 * 1_024, recipients: 20, refusals: 10 };

export interface Envelope {
  from: string;
  to: string[];
  /** Headers and body, a character a byte. */
  raw: string;
}

export interface SessionOptions {
  user: string;
  password: string;
  /** Resolves to the line that answers it; undefined = the connection breaks. */
  deliver(envelope: Envelope): Promise<string | undefined>;
}

/** What is said to a line; `end` = then it hangs up, saying nothing when there is no `line`. */
export interface Said {
  line?: string | undefined;
  end?: boolean;
}

/** One connection's talk of SMTP (RFC 5321, with AUTH PLAIN), line by line. */
export class Session {
  private readonly options: SessionOptions;
  private authorized = false;
  private asked = false;
  private from: string | undefined;
  private to: string[] = [];
  private data: string[] | undefined;
  private bytes = 0;
  private refusals = 0;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** One line without its end. */
  async take(line: string): Promise<Said> {
    if (this.data) return this.takeData(this.data, line);
    if (this.asked) return this.authorize(line);
    const [, verb = '', rest = ''] = /^(\w+) ?(.*)$/.exec(line) ?? [];
    switch (verb.toUpperCase()) {
      case 'EHLO':
        this.reset();
        return { line: `250-local mailbox\r\n250-SIZE ${MAIL.bytes}\r\n250-8BITMIME\r\n250 AUTH PLAIN` };
      case 'HELO':
        this.reset();
        return { line: '250 local mailbox' };
      case 'NOOP':
        return { line: '250 ok' };
      case 'RSET':
        this.reset();
        return { line: '250 ok' };
      case 'QUIT':
        return { line: '221 bye', end: true };
      case 'AUTH':
        return this.beginAuth(rest);
      case 'MAIL':
        return this.takeSender(rest);
      case 'RCPT':
        return this.takeRecipient(rest);
      case 'DATA':
        return this.beginData();
      // A browser that was sent here by some website: nothing of what it says is a mail.
      case 'GET':
      case 'POST':
      case 'PUT':
      case 'OPTIONS':
        return { end: true };
      default:
        return this.refuse('500 unknown command');
    }
  }

  private beginAuth(rest: string): Said {
    const [kind = '', given] = rest.split(' ');
    if (kind.toUpperCase() !== 'PLAIN') return this.refuse('504 only AUTH PLAIN');
    if (given !== undefined) return this.authorize(given);
    this.asked = true;
    return { line: '334 ' };
  }

  private authorize(given: string): Said {
    this.asked = false;
    const { user, password } = this.options;
    const presented = Buffer.from(given, 'base64');
    const wanted = Buffer.from(`\0${user}\0${password}`);
    this.authorized = presented.length === wanted.length && timingSafeEqual(presented, wanted);
    return this.authorized ? { line: '235 authenticated' } : this.refuse('535 wrong user or password');
  }

  private takeSender(rest: string): Said {
    if (!this.authorized) return this.refuse('530 authenticate first');
    const address = /^FROM:\s*<([^<>\s]*)>/i.exec(rest)?.[1];
    if (address === undefined) return this.refuse('501 MAIL FROM:<address>');
    if (Number(/\bSIZE=(\d+)/i.exec(rest)?.[1] ?? 0) > MAIL.bytes) return this.refuse(tooLarge);
    this.reset();
    this.from = address;
    return { line: '250 ok' };
  }

  private takeRecipient(rest: string): Said {
    if (this.from === undefined) return this.refuse('503 MAIL first');
    const address = /^TO:\s*<([^<>\s@]+@[^<>\s@]+)>/i.exec(rest)?.[1];
    if (address === undefined) return this.refuse('501 RCPT TO:<address>');
    if (this.to.length >= MAIL.recipients) return this.refuse('452 too many recipients');
    this.to.push(address);
    return { line: '250 ok' };
  }

  private beginData(): Said {
    if (this.to.length === 0) return this.refuse('503 RCPT first');
    this.data = [];
    this.bytes = 0;
    return { line: '354 end with a line that is a dot' };
  }

  private async takeData(data: string[], line: string): Promise<Said> {
    if (line !== '.') {
      this.bytes += line.length + 2;
      // What is too large is read to its end and forgotten, but not for ever.
      if (this.bytes > 4 * MAIL.bytes) return { line: tooLarge, end: true };
      if (this.bytes <= MAIL.bytes) data.push(line.startsWith('.') ? line.slice(1) : line);
      return {};
    }
    const envelope = { from: this.from ?? '', to: this.to, raw: data.join('\r\n') };
    const isTooLarge = this.bytes > MAIL.bytes;
    this.reset();
    if (isTooLarge) return this.refuse(tooLarge);
    const answer = await this.options.deliver(envelope);
    return answer === undefined ? { end: true } : { line: answer };
  }

  private reset(): void {
    this.from = undefined;
    this.to = [];
    this.data = undefined;
  }

  /** Who is refused again and again is no mail program. */
  private refuse(line: string): Said {
    this.refusals += 1;
    return { line, end: this.refusals >= MAIL.refusals };
  }
}

const tooLarge = `552 at most ${MAIL.bytes} bytes`;
