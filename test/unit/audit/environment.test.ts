import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { newKeyPair, readPrivateKey } from '../../../src/kernel/ed25519.ts';

const { privateKey, publicKey } = newKeyPair();

it('takes the signing key of the audit from the environment, or from a PEM file', () => {
  expect(readEnvironment({ AUDIT_SIGNING_KEY: privateKey }).auditSigningKey).toBe(privateKey);
  const folder = mkdtempSync(join(tmpdir(), 'rounds-key-'));
  const file = join(folder, 'key.pem');
  writeFileSync(file, readPrivateKey(privateKey)!.export({ format: 'pem', type: 'pkcs8' }));
  const { auditSigningKey } = readEnvironment({ AUDIT_SIGNING_KEY_FILE: file });
  expect(readPrivateKey(auditSigningKey!)).toBeDefined();
  rmSync(folder, { recursive: true });
});

it.each(['sesame', publicKey])('refuses another value, and does not show it', (value) => {
  const read = () => readEnvironment({ AUDIT_SIGNING_KEY: value });
  expect(read).toThrow('AUDIT_SIGNING_KEY');
  expect(read).toThrow('an Ed25519 private key');
  expect(read).not.toThrow(value);
});
