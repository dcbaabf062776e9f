import { promisify } from 'node:util';
import zlib from 'node:zlib';

/** A body with its content-encoding undone. */
export type DecodedBody = { kind: 'body'; body: Buffer } | { kind: 'too_large' } | { kind: 'unreadable'; why: string };

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzip: Decode = promisify(zlib.gunzip);
const inflate: Decode = promisify(zlib.inflate);
const inflateRaw: Decode = promisify(zlib.inflateRaw);
const brotli: Decode = promisify(zlib.brotliDecompress);
const zstd: Decode = promisify(zlib.zstdDecompress);
/** Some servers say deflate and leave the zlib header out. */
const deflate: Decode = (body, options) => (((body[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw)(body, options);
const decoders = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', deflate],
  ['br', brotli],
  ['zstd', zstd],
]);

/**
 * Undoes the content-encoding that a server used although nobody offered one. `maxBytes` caps what comes out as well:
 * some hundred bytes may unpack to gigabytes. Never rejects for what the server sent.
 */
export async function decodeBody(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<DecodedBody> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  let decoded = body;
  for (const name of names.reverse()) {
    if (name === '' || name === 'identity' || decoded.length === 0) continue;
    const decode = decoders.get(name);
    if (decode === undefined)
      return { kind: 'unreadable', why: `the body is in an encoding that is not read: ${name.slice(0, 40)}` };
    try {
      decoded = await decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'too_large' };
      return { kind: 'unreadable', why: `the body is not valid ${name}` };
    }
  }
  return { kind: 'body', body: decoded };
}
