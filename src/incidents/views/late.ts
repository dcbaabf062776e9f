import { formatDuration } from '../../kernel/duration.ts';

/** What is said of something that comes more than a minute after it was due. Pure. */
export function lateWords(dueAt: Date, at: Date): string {
  const lateMs = at.getTime() - dueAt.getTime();
  return lateMs > 60_000 ? ` (late by ${formatDuration(lateMs)})` : '';
}
