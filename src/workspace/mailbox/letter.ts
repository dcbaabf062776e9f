/** An e-mail as people read it. */
export interface Letter {
  from: string;
  subject: string;
  /** Of a mail in several parts all of them, as they were sent. */
  text: string;
}

/** Reads an e-mail of plain text as it came over the wire, a character a byte. Pure. */
export function readLetter(raw: string): Letter {
  const end = /\r?\n\r?\n/.exec(raw);
  const head = (end ? raw.slice(0, end.index) : raw).replace(/\r?\n[ \t]+/g, ' ');
  const body = end ? raw.slice(end.index + end[0].length) : '';
  const header = (name: string) => new RegExp(`^${name}:[ \t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const charset = /charset="?([\w-]+)"?/i.exec(header('content-type'))?.[1] ?? 'utf-8';
  return {
    from: readHeader(header('from')),
    subject: readHeader(header('subject')),
    text: decoded(unwrapped(body, header('content-transfer-encoding').toLowerCase()), charset),
  };
}

/** `=?UTF-8?Q?…?=`: words in other than plain letters. Between two of them a space is none. */
function readHeader(value: string): string {
  const word = /=\?([\w-]+)\?([qb])\?([^?]*)\?=/gi;
  const read = value
    .replace(/(=\?[\w-]+\?[qb]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(word, (_, charset: string, kind: string, text: string) => {
      const isBase64 = kind.toLowerCase() === 'b';
      return decoded(isBase64 ? fromBase64(text) : fromQuoted(text.replaceAll('_', ' ')), charset);
    });
  return read === value ? decoded(Buffer.from(value, 'latin1'), 'utf-8') : read;
}

function unwrapped(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return fromBase64(body);
  if (encoding === 'quoted-printable') return fromQuoted(body.replace(/=[ \t]*\r?\n/g, ''));
  return Buffer.from(body, 'latin1');
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

function fromQuoted(text: string): Buffer {
  const bytes = text.replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows: most bytes are plain letters all the same.
    return new TextDecoder().decode(bytes);
  }
}
