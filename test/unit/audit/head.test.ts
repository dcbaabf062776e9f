import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSignature, countUnreadable, findHeads, signHead } from '../../../src/audit/head.ts';
import { newKeyPair, readPrivateKey, readPublicKey, writePublicKey } from '../../../src/kernel/ed25519.ts';
import { escapeSlack } from '../../../src/kernel/escape.ts';
import { redactDeep } from '../../../src/kernel/redact.ts';

const pair = newKeyPair();
const privateKey = readPrivateKey(pair.privateKey)!;
const publicKey = readPublicKey(pair.publicKey)!;
const at = new Date('2026-11-23T12:00:00.000Z');
const line = signHead({ seq: 1042, hash: 'ab'.repeat(32) }, at, privateKey);

/** A key for every seed: the name of a key and its signatures differ. */
function keyOfSeed(seed: string) {
  return readPrivateKey(Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64'))!;
}

describe('a signed head', () => {
  it('is one line that the public key alone can check, with other software too', () => {
    const [, signed = '', signature = ''] = /^(rounds-audit v1 .*) sig=(\S+)$/.exec(line) ?? [];
    expect(signed).toContain(`seq=1042 hash=${'ab'.repeat(32)} at=2026-11-23T12:00:00.000Z key=`);
    expect(verify(null, Buffer.from(signed), publicKey, Buffer.from(signature, 'hex'))).toBe(true);
    expect(line).not.toContain('\n');
  });

  it('passes through Slack and the masking of secrets as it is, so that it can be copied from there', () => {
    const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    const time = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.nat(), hex, time, hex, (seq, digest, signedAt, seed) => {
        const made = signHead({ seq, hash: digest }, signedAt, keyOfSeed(seed));
        expect(escapeSlack(made)).toBe(made);
        expect(redactDeep({ head: made })).toEqual({ head: made });
        expect(findHeads(made)).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found in a log and in an export, lowest number first', () => {
    const first = signHead({ seq: 7, hash: 'cd'.repeat(32) }, at, privateKey);
    const heads = findHeads(
      `{"level":30,"msg":"${line}"}\nsomething else\n> \`${first}\`\nrounds-audit v1 seq=1 hash=zz`,
    );
    expect(heads.map(({ seq }) => seq)).toEqual([7, 1042]);
    expect(heads.map((head) => checkSignature(head, publicKey))).toEqual(['valid', 'valid']);
  });

  it('is counted when it was cut off, changed beyond reading, or not copied whole', () => {
    expect(countUnreadable(line)).toBe(0);
    expect(countUnreadable('nothing\nat all')).toBe(0);
    const cut = line.slice(0, -3);
    expect(findHeads(cut)).toEqual([]);
    expect(countUnreadable(`${cut}\n${line}\n{"head":"${line.replace('hash=', 'hash=g')}"}`)).toBe(2);
  });

  it.each([
    ['number', line.replace('seq=1042', 'seq=1043')],
    ['hash', line.replace('hash=ab', 'hash=ac')],
    ['time', line.replace('2026', '2025')],
    ['signature', line.replace(/sig=./, (start) => (start === 'sig=a' ? 'sig=b' : 'sig=a'))],
  ])('is not believed with another %s', (_part, changed) => {
    expect(findHeads(changed).map((head) => checkSignature(head, publicKey))).toEqual(['invalid']);
  });

  it('says whose key it takes', () => {
    const other = readPublicKey(newKeyPair().publicKey);
    expect(findHeads(line).map((head) => checkSignature(head, other))).toEqual(['other_key']);
    expect(findHeads(line).map((head) => checkSignature(head, undefined))).toEqual(['no_key']);
  });
});

describe('keys', () => {
  it('are read as base64 and as PEM', () => {
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(readPrivateKey(pem)?.equals(privateKey)).toBe(true);
    const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    expect(readPublicKey(publicPem)?.equals(createPublicKey(privateKey))).toBe(true);
    expect(writePublicKey(privateKey)).toBe(pair.publicKey);
  });

  it('that are none are refused', () => {
    for (const text of ['', 'sesame', pair.publicKey, 'AAAA'.repeat(16)]) expect(readPrivateKey(text)).toBeUndefined();
    for (const text of ['', 'sesame', pair.privateKey]) expect(readPublicKey(text)).toBeUndefined();
  });
});
