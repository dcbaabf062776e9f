import type { IncomingMessage } from 'node:http';

/** Largest body that any of our paths takes, bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A body over the cap. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Reads a request's body; throws `TooLarge` above 1 MB, at once when the length is announced. */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new TooLarge('body over 1 MB');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new TooLarge('body over 1 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
