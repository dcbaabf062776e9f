import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import { expect, it } from 'vitest';
import { certificateFacts } from '../../../src/checks/tls/facts.ts';
import tls from '../../../src/checks/tls.ts';
import { judgedByDefault } from '../../support/probes.ts';
import { saidByDefault } from '../../support/said.ts';
import { type Made, makeAuthority } from '../../support/tls/make.ts';

const root = makeAuthority();
const leaf = (days = 90) => root.issue({ days });
const authority = (days: number) => root.issue({ authority: true, days });

/** A trusted chain, as a handshake shows it. */
function shown(...chain: Made[]) {
  const shownAs = chain.reduceRight<DetailedPeerCertificate | undefined>((issuer, { cert }) => {
    const certificate = new X509Certificate(cert);
    return Object.assign(certificate.toLegacyObject(), { issuerCertificate: issuer }) as DetailedPeerCertificate;
  }, undefined)!;
  const handshake = { certificate: shownAs, distrust: undefined, protocol: 'TLSv1.3', cipher: 'x', latencyMs: 1 };
  const facts = certificateFacts(handshake, 'localhost', new Date());
  return { facts, verdict: judgedByDefault(tls, { host: 'localhost' }, facts) };
}

it('one that has expired beside the path of a trusted chain does not hide the next one', () => {
  expect(shown(leaf(), authority(400))).toMatchObject({ verdict: 'ok', facts: { chain_expired: 0 } });
  const beside = shown(leaf(), authority(400), authority(-30));
  expect(beside).toMatchObject({ verdict: 'warn', facts: { chain_days_left: 90, chain_expired: 1 } });
  expect(saidByDefault(tls, { host: 'localhost' }, beside.facts)).toBe(
    'the chain of localhost holds 1 certificates that have expired: take them out',
  );
  const hidden = shown(leaf(), authority(3), authority(-30));
  expect(hidden).toMatchObject({ verdict: 'fail', facts: { chain_days_left: 3, chain_expired: 1 } });
});

it('a chain that has expired altogether has no days left', () => {
  const { facts, verdict } = shown(leaf(-1), authority(-30));
  expect(facts).toMatchObject({ expired: true, chain_days_left: null, chain_expired: 2 });
  expect(verdict).toBe('fail');
  const specs = tls.facts(tls.params.parse({ host: 'localhost' }));
  expect(specs.chain_days_left?.whyAbsent?.(facts)).toBe('all of the chain has expired');
});
