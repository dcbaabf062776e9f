import { redact } from './redact.ts';

/** What somebody said, as it is kept: without secrets, cut, and without what the database refuses. Pure. */
export function kept(text: string | undefined, most: number): string {
  return redact(text ?? '')
    .replaceAll('\0', ' ')
    .trim()
    .slice(0, most)
    .toWellFormed();
}
