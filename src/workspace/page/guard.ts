import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Why a request to the page is refused; undefined = it may pass. */
export type Refusal = { status: number; error: string; message: string } | undefined;

/** A name that merely points at this machine (DNS rebinding) is refused, for all that the page's server answers. */
export function refusedName({ headers: { host } }: IncomingMessage, port: number): Refusal {
  const names = LOOPBACK.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  if (host !== undefined && names.includes(host.toLowerCase())) return undefined;
  return { status: 421, error: 'wrong_host', message: `This workspace answers only at http://127.0.0.1:${port}` };
}

/** Only the page itself may talk to its routes: another site's request is refused by Origin and Sec-Fetch-Site, a form by its content type. */
export function refusal(request: IncomingMessage): Refusal {
  const { host, origin, 'sec-fetch-site': site, 'content-type': type } = request.headers;
  const navigation = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
  const foreign = typeof site === 'string' && site !== 'same-origin' && site !== 'none' && !navigation;
  if (foreign || (origin !== undefined && origin !== `http://${host}`)) {
    return { status: 403, error: 'cross_site', message: 'Only the page itself may ask for this' };
  }
  if (request.method === 'POST' && type?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    return { status: 415, error: 'invalid_post_type', message: 'The content type must be application/json' };
  }
  return undefined;
}

/** What every answer carries. */
export const guardHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For everything that is no document of ours: it may load and run nothing. */
export const closedPolicy = `${nothing}; sandbox`;

/** The page's policy: its own files only, and of inline scripts the import map that stands in `html`, by its hash. */
export function pagePolicy(html: string): string {
  const maps = [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)];
  const hashes = maps.map(([, map = '']) => `'sha256-${createHash('sha256').update(map).digest('base64')}'`);
  const own = "style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'";
  return `${nothing}; script-src 'self' ${hashes.join(' ')}; ${own}`;
}
