import { resolve } from 'node:path';
import type { Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { readAuthority } from '../network/authority.ts';
import { networkFailure } from '../network/failure.ts';
import { secondsSince, silent } from '../network/silence.ts';
import { certificateFacts } from './facts.ts';
import { nameWanted, type Stage, shakeHands } from './handshake.ts';
import type { TlsTarget } from './params.ts';

/** Shakes hands once. Throws Unmeasured when nothing is known about the certificate. */
export async function probeTls(
  probe: Pick<Probe<TlsTarget>, 'target' | 'signal' | 'clock' | 'site'>,
): Promise<Measurement> {
  const { target, signal, clock, site } = probe;
  const where = `${target.host}:${target.port}`;
  const ca = target.ca === undefined ? undefined : await readAuthority(resolve(site.dir, target.ca));
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Unmeasured('misconfigured', `ca: ${target.ca} holds no certificate`, { next: 'a PEM file' });
  }
  const startedMs = performance.now();
  const handshake = await shakeHands(target, ca, signal);
  switch (handshake.kind) {
    case 'shown': {
      if (handshake.shown.certificate.raw === undefined) {
        throw new Unmeasured('empty', `${where} shows no certificate`, { next: 'check that it speaks TLS' });
      }
      return { facts: certificateFacts(handshake.shown, nameWanted(target), clock.now()) };
    }
    case 'refused':
      return { facts: { reachable: false, error: handshake.error } };
    case 'silent': {
      const waitedFor = handshake.stage === 'connection' ? 'no connection to' : 'no TLS handshake with';
      return { facts: silent(`${waitedFor} ${where} within ${secondsSince(startedMs)}`, target.on_timeout) };
    }
    case 'failed': {
      const failure = networkFailure(handshake.error, where);
      if (failure.kind === 'measured') {
        return { facts: { reachable: false, error: inWords(failure.error, handshake.stage, target) } };
      }
      if (failure.reason === 'timeout') return { facts: silent(failure.message, target.on_timeout) };
      throw new Unmeasured(failure.reason, failure.message, { next: failure.next, cause: handshake.error });
    }
  }
}

function inWords(error: string, stage: Stage, { starttls }: TlsTarget): string {
  if (stage === 'handshake' && error === 'connection reset') return 'connection closed during the TLS handshake';
  if (!error.includes('wrong version number') || starttls !== 'none') return error;
  return `${error}: the port begins in plain text; set starttls, or correct the port`;
}
