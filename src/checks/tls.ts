import { defineCheck } from '../kernel/check.ts';
import { tlsParams } from './tls/params.ts';
import { probeTls } from './tls/probe.ts';

export default defineCheck({
  type: 'tls',
  summary: 'The certificate of a TLS endpoint: days left, name, chain, protocol; read whether it is trusted or not',
  catalogue: ['H17'],
  params: tlsParams,
  facts: () => ({
    reachable: { type: 'bool', help: 'It shook hands and showed a certificate; without it only `error` is known' },
    error: { type: 'string', help: 'Why not: connection refused, the server offers no TLS…; empty when it did' },
    latency_ms: { type: 'number', unit: 'ms', help: 'Name look-up, connection and handshake' },
    days_left: { type: 'number', unit: 'days', help: 'Until the certificate expires; negative once it has' },
    expired: { type: 'bool', help: 'Its end has passed' },
    not_yet_valid: { type: 'bool', help: 'Its beginning is still to come' },
    not_before: { type: 'string', help: 'When it begins (ISO 8601)' },
    not_after: { type: 'string', help: 'When it ends (ISO 8601)' },
    subject: { type: 'string', help: 'Organisation and common name of whom it was made for' },
    issuer: { type: 'string', help: 'Organisation and common name of who signed it' },
    names: { type: 'list', help: 'Hosts and addresses that it is for, the first 50' },
    names_count: { type: 'number', help: 'How many there are' },
    matches: { type: 'bool', help: 'It is for `servername` (or `host`)' },
    trusted: {
      type: 'bool',
      help: 'Its chain leads to a trusted authority, and all of it is valid now; null where the server first wants a certificate of ours (TLS 1.2)',
      whyAbsent: ({ reachable }) =>
        reachable === true ? 'the server wants a client certificate before the chain is verified' : undefined,
    },
    chain_error: { type: 'string', help: 'Why the chain is not trusted, and what to do; empty when it is' },
    chain_length: { type: 'number', help: 'Certificates in the chain, with the authority where that is known' },
    chain_days_left: {
      type: 'number',
      unit: 'days',
      help: 'Until the next certificate of the chain expires; those that have are left out',
      whyAbsent: ({ chain_expired: expired }) => (expired === undefined ? undefined : 'all of the chain has expired'),
    },
    chain_expired: { type: 'number', help: 'Certificates of the chain that have expired' },
    protocol: { type: 'string', help: 'TLSv1.3, TLSv1.2…' },
    cipher: { type: 'string', help: 'Cipher suite, by its standard name' },
    key_type: { type: 'string', help: 'Kind of key: rsa, ec, ed25519…; null when it can’t be read' },
    key_bits: { type: 'number', unit: 'bits', help: 'Size of the key; null where the type says it' },
    sha256: { type: 'string', help: 'Fingerprint, to pin one certificate' },
  }),
  rules: ({ host, servername, warn_days, fail_days }) => ({
    fail: [
      { when: '!reachable', say: '{error}' },
      { when: 'expired', say: `the certificate of ${host} expired on {not_after}: renew it now` },
      { when: 'not_yet_valid', say: `the certificate of ${host} is valid only from {not_before}: check the clocks` },
      {
        when: '!matches',
        say: `the certificate is not for ${servername ?? host} but for {names}: install the right one`,
      },
      {
        when: '!trusted && !expired && !not_yet_valid',
        say: `the certificate of ${host} is not trusted: {chain_error}`,
      },
      {
        when: `days_left < ${fail_days}`,
        say: `the certificate of ${host} expires in {days_left} (limit ${fail_days}): renew it now`,
      },
      {
        when: `chain_days_left < ${fail_days}`,
        say: `a certificate in the chain of ${host} expires in {chain_days_left} (limit ${fail_days}): replace the chain`,
      },
    ],
    warn: [
      {
        when: `days_left < ${warn_days}`,
        say: `the certificate of ${host} expires in {days_left} (limit ${warn_days}): see why it was not renewed`,
      },
      {
        when: `chain_days_left < ${warn_days}`,
        say: `a certificate in the chain of ${host} expires in {chain_days_left} (limit ${warn_days}): replace the chain`,
      },
      // Where the chain is trusted all the same, it stands beside the path that clients take.
      {
        when: 'chain_expired > 0',
        say: `the chain of ${host} holds {chain_expired} certificates that have expired: take them out`,
      },
      {
        when: "protocol in ['TLSv1', 'TLSv1.1']",
        say: `${host} speaks {protocol} at best: turn on TLSv1.2 or later`,
      },
      {
        when: "key_type == 'rsa' && key_bits < 2048",
        say: `the RSA key of ${host} has {key_bits} (limit 2048): make a new one`,
      },
    ],
  }),
  okSays: '{days_left} left, by {issuer}',
  iam: [],
  describe: ({ host, port }) => `TLS certificate of ${host}:${port}`,
  lane: ({ host, port }) => `host:${host}:${port}`,
  example: `- id: certificate
  group: platform
  tls: {host: www.example.com}
  every: 1h
`,
  run: (probe) => probeTls(probe),
});
