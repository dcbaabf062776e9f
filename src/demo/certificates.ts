import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** All PEM; `ca` is who signed it. */
export interface Certificate {
  key: string;
  cert: string;
  ca: string;
}

export interface Authority {
  /** A certificate for 127.0.0.1 and localhost that is valid for so many days, and an hour, from `now`. */
  issue(days: number, now: Date): Certificate;
}

interface Pair {
  /** As forge has them, and as PEM. */
  publicKey: forge.pki.rsa.PublicKey;
  privateKey: forge.pki.rsa.PrivateKey;
  pem: string;
}

const dayMs = 24 * 3_600_000;

/** An authority of the clinic's own; its key is never stored. RSA, since forge signs nothing else. */
export async function createAuthority(now: Date): Promise<Authority> {
  const [own, served] = await Promise.all([keyPair(), keyPair()]);
  const issuer = [{ name: 'commonName', value: 'Demo clinic CA' }];
  const authority = signed({ subject: issuer, issuer, days: 365, now, of: own, by: own }, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
  const subject = [{ name: 'commonName', value: 'Demo clinic' }];
  return {
    issue: (days, now) => ({
      key: served.pem,
      ca: authority,
      cert: signed({ subject, issuer, days, now, of: served, by: own }, [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        // 7 = an IP address, 2 = a DNS name.
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'localhost' },
          ],
        },
      ]),
    }),
  };
}

async function keyPair(): Promise<Pair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    pem: privateKey,
  };
}

interface Signing {
  subject: forge.pki.CertificateField[];
  issuer: forge.pki.CertificateField[];
  days: number;
  now: Date;
  of: Pair;
  by: Pair;
}

function signed({ subject, issuer, days, now, of, by }: Signing, extensions: object[]): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = of.publicKey;
  // The first byte keeps it positive.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(now.getTime() - 3_600_000);
  certificate.validity.notAfter = new Date(now.getTime() + days * dayMs + 3_600_000);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  certificate.sign(by.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
