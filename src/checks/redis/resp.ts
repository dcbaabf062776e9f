/** What a Redis server answers to one command, of the kinds that the commands asked here have. */
export type Reply = { kind: 'text'; text: string } | { kind: 'error'; text: string };

/** A command as Redis's protocol wants it: with lengths, so that no value can end it. */
export function encoded(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

/** `incomplete`: the rest has yet to come. `strange`: this is not Redis. */
export type Parsed = { kind: 'reply'; reply: Reply; rest: Buffer } | { kind: 'incomplete' } | { kind: 'strange' };

const longestLine = 4096;

/** Takes one reply off the front of what came. Pure. */
export function parseReply(bytes: Buffer): Parsed {
  if (bytes.length === 0) return { kind: 'incomplete' };
  const type = String.fromCharCode(bytes[0] ?? 0);
  if (!'+-:$'.includes(type)) return { kind: 'strange' };
  const end = bytes.indexOf('\r\n');
  if (end < 0) return bytes.length > longestLine ? { kind: 'strange' } : { kind: 'incomplete' };
  const line = bytes.toString('utf8', 1, end);
  const rest = bytes.subarray(end + 2);
  if (type === '-') return { kind: 'reply', reply: { kind: 'error', text: line }, rest };
  if (type !== '$') return { kind: 'reply', reply: { kind: 'text', text: line }, rest };
  if (line === '-1') return { kind: 'reply', reply: { kind: 'text', text: '' }, rest };
  if (!/^\d{1,9}$/.test(line)) return { kind: 'strange' };
  const length = Number(line);
  if (rest.length < length + 2) return { kind: 'incomplete' };
  if (rest.toString('latin1', length, length + 2) !== '\r\n') return { kind: 'strange' };
  const reply: Reply = { kind: 'text', text: rest.toString('utf8', 0, length) };
  return { kind: 'reply', reply, rest: rest.subarray(length + 2) };
}
