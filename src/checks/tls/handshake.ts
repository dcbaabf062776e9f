import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import tls from 'node:tls';
import { domainToASCII } from 'node:url';
import type { TlsTarget } from './params.ts';
import { askForTls } from './starttls.ts';

export type Stage = 'connection' | 'handshake';

/** What a server showed in its handshake, trusted or not. */
export interface Shown {
  certificate: tls.DetailedPeerCertificate;
  /** Why the chain isn't trusted, as OpenSSL names it; undefined = it is; null = the server ended the handshake before. */
  distrust: string | undefined | null;
  protocol: string;
  cipher: string;
  latencyMs: number;
}

export type Handshake =
  | { kind: 'shown'; shown: Shown }
  /** The port answers and doesn't begin TLS. */
  | { kind: 'refused'; error: string }
  | { kind: 'failed'; stage: Stage; error: Error }
  /** The signal was aborted first. */
  | { kind: 'silent'; stage: Stage };

/** Connects, shakes hands whatever the certificate is worth, and hangs up. `ca` is PEM. Never rejects. */
export async function shakeHands(target: TlsTarget, ca: string | undefined, signal: AbortSignal): Promise<Handshake> {
  let stage: Stage = 'connection';
  if (signal.aborted) return { kind: 'silent', stage };
  const startedMs = performance.now();
  const socket = connect({ host: target.host, port: target.port });
  const over = Promise.withResolvers<Handshake>();
  const onAbort = () => over.resolve({ kind: 'silent', stage });
  const onError = (error: Error) => over.resolve({ kind: 'failed', stage, error });
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', onError);
  let secure: tls.TLSSocket | undefined;

  async function shake(): Promise<Handshake> {
    await once(socket, 'connect');
    stage = 'handshake';
    if (target.starttls !== 'none') {
      const upgrade = await askForTls(socket, target.starttls);
      if (upgrade.kind === 'refused') return upgrade;
    }
    const session = tls.connect({ ...leniently, socket, ca, servername: nameAsked(target) });
    secure = session;
    const shown = (distrust: Shown['distrust']): Handshake => ({
      kind: 'shown',
      shown: shownBy(session, distrust, performance.now() - startedMs),
    });
    session.on('error', (error) =>
      wantsClientCertificate(error, session) ? over.resolve(shown(null)) : onError(error),
    );
    await once(session, 'secureConnect');
    // Its type says Error; what is there is OpenSSL's name for it.
    return shown(session.authorized ? undefined : String(session.authorizationError));
  }

  try {
    return await Promise.race([over.promise, shake().catch((error) => failure(error, stage))]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    secure?.destroy();
    socket.destroy();
  }
}

/**
 * Old protocols and weak keys too: what they are is a fact, and a handshake that fails would hide the expiry. Nothing is
 * sent over this connection. The name is compared apart, so that another name doesn't hide whether the chain holds.
 */
const leniently: tls.ConnectionOptions = {
  rejectUnauthorized: false,
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT@SECLEVEL=0',
  checkServerIdentity: () => undefined,
};

/** The name that the certificate must be for, as it stands there: `xn--…`, without a last dot. */
export function nameWanted({ host, servername }: TlsTarget): string {
  const name = servername ?? host;
  return isIP(name) ? name : (domainToASCII(name) || name).replace(/\.$/, '');
}

/** A server is never asked for an address. */
function nameAsked(target: TlsTarget): string {
  const name = nameWanted(target);
  return isIP(name) ? '' : name;
}

function failure(error: unknown, stage: Stage): Handshake {
  if (!(error instanceof Error)) throw error;
  return { kind: 'failed', stage, error };
}

/** It showed its own, and refuses us for having none: so does TLS 1.2; later versions let the handshake end first. */
function wantsClientCertificate(error: Error, session: tls.TLSSocket): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return (
    /ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|CERTIFICATE_REQUIRED)$/.test(code) &&
    session.getPeerCertificate()?.raw !== undefined
  );
}

function shownBy(session: tls.TLSSocket, distrust: Shown['distrust'], latencyMs: number): Shown {
  return {
    certificate: session.getPeerCertificate(true),
    distrust,
    protocol: session.getProtocol() ?? '',
    cipher: session.getCipher()?.standardName ?? '',
    latencyMs,
  };
}
