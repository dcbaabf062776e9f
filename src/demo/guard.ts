import type { IncomingMessage } from 'node:http';

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Why a request is refused: a name that merely points at this machine, by its Host header, and another site's page, whose
 * browser names it as the Origin. Undefined = it may pass, as what `curl` and checks send. Pure.
 */
export function refusal({ headers }: Pick<IncomingMessage, 'headers'>): { status: number; error: string } | undefined {
  const { host = '', origin } = headers;
  if (!loopback.test(host)) return { status: 421, error: 'The demo clinic answers only at 127.0.0.1' };
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return undefined;
  return { status: 403, error: "Another site's page may not ask the demo clinic" };
}
