import { createHash } from 'node:crypto';
import type { Checklist } from './model.ts';

/** What a run began with, in hex: SHA-256 of a line `id<TAB>title<LF>` of each item. The audit has it, so nobody exchanges titles later. Pure. */
export function planDigest({ items }: Pick<Checklist, 'items'>): string {
  const hash = createHash('sha256');
  for (const { id, title } of items) hash.update(`${id}\t${title}\n`);
  return hash.digest('hex');
}
