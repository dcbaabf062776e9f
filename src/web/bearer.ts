import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header brings this token: compared in constant time, whatever the lengths. */
export function bringsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token)) && given !== '';
}
