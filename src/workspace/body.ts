import type { IncomingMessage } from 'node:http';
import { isObject } from './args.ts';
import { SlackError } from './errors.ts';
import { REQUEST_BYTES } from './limits.ts';
import type { Json } from './world.ts';

/** The request's body; destroys the request when it is larger than any Slack takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES) throw new SlackError('request_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function multipart(body: Buffer, contentType: string): Promise<Json> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const args: Json = {};
  for (const [name, value] of form)
    args[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  return args;
}

/** A call's arguments from JSON, a form or multipart, with those in the address below them. */
export async function parseArguments(body: Buffer, contentType: string, query: URLSearchParams): Promise<Json> {
  const args: Json = Object.fromEntries(query);
  const kind = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (kind === 'application/json') {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString('utf8'));
    } catch {
      throw new SlackError('invalid_json');
    }
    if (!isObject(parsed)) throw new SlackError('json_not_object');
    return { ...args, ...parsed };
  }
  if (kind === 'multipart/form-data') return { ...args, ...(await multipart(body, contentType)) };
  if (body.length > 0 && kind !== '' && kind !== 'application/x-www-form-urlencoded') {
    throw new SlackError('invalid_post_type');
  }
  return { ...args, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
}
