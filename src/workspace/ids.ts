import { randomBytes } from 'node:crypto';
import type { Clock } from './world.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** An id in Slack's style: a letter for the kind, then capitals and digits. */
export function newId(prefix: string): string {
  let id = prefix;
  for (const byte of randomBytes(10)) id += ALPHABET[byte % ALPHABET.length];
  return id;
}

/** The ids of a new team, of the app in it, and of its bot. */
export function newIdentity() {
  return { teamId: newId('T'), teamName: 'Rounds', appId: newId('A'), botId: newId('B'), botUser: newId('U') };
}

/** An opaque secret, for tickets and URLs. */
export function newSecret(): string {
  return randomBytes(18).toString('hex');
}

/** Message timestamps `seconds.microseconds`: from the clock, and each later than the one before. */
export class Timestamps {
  private last = 0n;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** From now on every timestamp is later than this one. */
  startAfter(ts: string): void {
    const given = BigInt(ts.replace('.', ''));
    if (given > this.last) this.last = given;
  }

  next(): string {
    const now = BigInt(this.clock.now().getTime()) * 1000n;
    this.last = now > this.last ? now : this.last + 1n;
    const digits = this.last.toString().padStart(16, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}

/** Orders timestamps as numbers without losing digits. */
export function compareTs(a: string, b: string): number {
  if (a === b) return 0;
  return a.padStart(20, '0') < b.padStart(20, '0') ? -1 : 1;
}
