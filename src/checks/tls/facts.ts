import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, type DetailedPeerCertificate } from 'node:tls';
import type { Facts } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import type { Shown } from './handshake.ts';

const dayMs = 86_400_000;
/** A certificate may name thousands of hosts. */
const mostNames = 50;
/** Longer than any chain that clients accept; a circle of issuers ends there. */
const longestChain = 10;

/** OpenSSL's reasons, in words and with the next step. */
const distrusts: Record<string, string> = {
  CERT_HAS_EXPIRED: 'a certificate of the chain has expired: renew it',
  CERT_NOT_YET_VALID: 'a certificate of the chain is not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed: have an authority sign it, or name it as ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its chain is not trusted: name that as ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its issuer is not trusted: have the server send the intermediate certificates, or name the authority as ca',
  UNABLE_TO_GET_ISSUER_CERT: 'an issuer of its chain is missing: have the server send the whole chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its issuer is not trusted: have the server send the whole chain, or name the authority as ca',
  INVALID_PURPOSE: 'a certificate of the chain is not made for servers',
  INVALID_CA: 'an issuer of the chain is no authority',
  CERT_SIGNATURE_FAILURE: 'a signature of the chain is wrong',
};

/** What a shown certificate says at `now`, compared with `name`. Pure. */
export function certificateFacts(shown: Shown, name: string, now: Date): Facts {
  const { certificate, distrust, protocol, cipher, latencyMs } = shown;
  const leaf = new X509Certificate(certificate.raw);
  const chain = chainOf(certificate).map(({ raw }) => new X509Certificate(raw));
  const days = (until: Date) => Math.floor(((until.getTime() - now.getTime()) / dayMs) * 10) / 10;
  const valid = chain.filter(({ validToDate }) => validToDate >= now);
  const names = namesOf(leaf);
  return {
    reachable: true,
    error: '',
    latency_ms: Math.round(latencyMs * 10) / 10,
    days_left: days(leaf.validToDate),
    expired: leaf.validToDate < now,
    not_yet_valid: leaf.validFromDate > now,
    not_before: leaf.validFromDate.toISOString(),
    not_after: leaf.validToDate.toISOString(),
    subject: titleOf(leaf.subject),
    issuer: titleOf(leaf.issuer),
    names: names.slice(0, mostNames),
    names_count: names.length,
    // Node still takes the common name where there is no DNS name; browsers and most clients no longer do.
    matches: namesOf(leaf, isIP(name) ? 'IP Address' : 'DNS').length > 0 && !checkServerIdentity(name, certificate),
    trusted: distrust === null ? null : distrust === undefined,
    chain_error: distrust
      ? (distrusts[distrust] ?? `the chain does not hold (${distrust})`)
      : distrust === null
        ? null
        : '',
    chain_length: chain.length,
    // One that has expired beside the path that clients take must not hide the next one.
    chain_days_left: valid.length > 0 ? Math.min(...valid.map(({ validToDate }) => days(validToDate))) : null,
    chain_expired: chain.length - valid.length,
    protocol,
    cipher,
    ...keyOf(leaf, certificate),
    sha256: leaf.fingerprint256,
  };
}

function chainOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let at: DetailedPeerCertificate | undefined = certificate;
  while (at?.raw !== undefined && !chain.includes(at) && chain.length < longestChain) {
    chain.push(at);
    at = at.issuerCertificate;
  }
  return chain;
}

/** Hosts and addresses; other kinds of names may be people's. */
function namesOf({ subjectAltName }: X509Certificate, of?: 'DNS' | 'IP Address'): string[] {
  return [...(subjectAltName ?? '').matchAll(/(?:^|, )(DNS|IP Address):([^,"]+)/g)]
    .filter(([, kind]) => of === undefined || kind === of)
    .map(([, , name = '']) => cleanText(name, 253));
}

/** The common name, with the organisation before it where there is one. */
function titleOf(distinguishedName: string | undefined): string {
  const part = (key: string) =>
    new RegExp(`^${key}=(.*)$`, 'm').exec(distinguishedName ?? '')?.[1]?.replaceAll('\\,', ',') ?? '';
  return cleanText([part('O'), part('CN')].filter(Boolean).join(' / '), 200);
}

function keyOf(leaf: X509Certificate, { bits }: DetailedPeerCertificate): Facts {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = leaf.publicKey;
    return { key_type: type ?? null, key_bits: details?.modulusLength ?? bits ?? null };
  } catch (error) {
    // A kind of key that OpenSSL can't read: everything else about the certificate still holds.
    if (!(error instanceof Error)) throw error;
    return { key_type: null, key_bits: null };
  }
}
