import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** PEM; `chain` is what a server sends: the certificate, then those of its issuers that are no roots. */
export interface Made {
  key: string;
  cert: string;
  chain: string;
  issue(wish?: Wish): Made;
}

/** What a test doesn't say is as it should be: for localhost and 127.0.0.1, valid since yesterday, for 90 days to come. */
export interface Wish {
  name?: string;
  /** From now; an hour is added, so that a slow test doesn't lose a day. */
  days?: number;
  /** When it begins, days from now. */
  from?: number;
  dns?: string[];
  /** For 127.0.0.1 alone, whatever the common name says. */
  addressOnly?: boolean;
  /** An authority of its own, that signs others. */
  authority?: boolean;
  bits?: number;
  usage?: 'serverAuth' | 'clientAuth';
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A root that nobody trusts until told to. */
export function makeAuthority(wish: Wish = {}): Made {
  return made({ name: 'Test root', authority: true, days: 900, ...wish });
}

/** Signed with its own key. */
export function makeSelfSigned(wish: Wish = {}): Made {
  return made(wish);
}

interface Issuer {
  title: forge.pki.CertificateField[];
  key: forge.pki.rsa.PrivateKey;
  /** Sent below what it signs; empty for a root. */
  chain: string;
}

/** Making one takes a tenth of a second; servers may share theirs, authorities may not. */
const shared = new Map<number, ReturnType<typeof keyPair>>();

function keyPair(bits: number) {
  return generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

function made(wish: Wish, issuer?: Issuer): Made {
  const bits = wish.bits ?? 2048;
  const pair = (wish.authority ? undefined : shared.get(bits)) ?? keyPair(bits);
  if (!wish.authority) shared.set(bits, pair);
  const { publicKey, privateKey } = pair;
  const key = forge.pki.privateKeyFromPem(privateKey);
  const title = [
    { name: 'organizationName', value: 'Test, Inc.' },
    { name: 'commonName', value: wish.name ?? 'localhost' },
  ];
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // The first byte keeps it positive.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() + (wish.from ?? -400) * dayMs);
  certificate.validity.notAfter = new Date(Date.now() + (wish.days ?? 90) * dayMs + hourMs);
  certificate.setSubject(title);
  certificate.setIssuer(issuer?.title ?? title);
  certificate.setExtensions(wish.authority ? authorityExtensions : serverExtensions(wish));
  certificate.sign(issuer?.key ?? key, forge.md.sha256.create());
  const cert = forge.pki.certificateToPem(certificate);
  const chain = issuer === undefined && wish.authority ? '' : cert + (issuer?.chain ?? '');
  return { key: privateKey, cert, chain, issue: (next = {}) => made(next, { title, key, chain }) };
}

const authorityExtensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
];

function serverExtensions({ addressOnly = false, dns = ['localhost'], usage = 'serverAuth' }: Wish): object[] {
  // 2 = a DNS name, 7 = an IP address.
  const hosts = addressOnly ? [] : dns.map((value) => ({ type: 2, value }));
  const altNames = [...hosts, { type: 7, ip: '127.0.0.1' }];
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', [usage]: true },
    ...(dns.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
  ];
}
