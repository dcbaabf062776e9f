import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A private key as base64 of its PKCS #8 form, or the PEM file around that; undefined when it is no Ed25519 key. */
export function readPrivateKey(text: string): KeyObject | undefined {
  return ed25519(() => createPrivateKey({ key: der(text), format: 'der', type: 'pkcs8' }));
}

/** A public key as base64 of its SPKI form, or the PEM file around that; undefined when it is no Ed25519 key. */
export function readPublicKey(text: string): KeyObject | undefined {
  return ed25519(() => createPublicKey({ key: der(text), format: 'der', type: 'spki' }));
}

/** The public key as `readPublicKey` takes it; also of a private key. */
export function writePublicKey(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** A new pair, in the forms that the two functions above read. */
export function newKeyPair(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: writePublicKey(publicKey),
  };
}

function der(text: string): Buffer {
  return Buffer.from(text.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

function ed25519(read: () => KeyObject): KeyObject | undefined {
  try {
    const key = read();
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    // OpenSSL names a dozen ways in which bytes are no key; none of them tells a person more.
    return undefined;
  }
}
