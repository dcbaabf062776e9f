import type { Sample } from '../../kernel/check.ts';

export const secondMs = 1000;
export const minuteMs = 60_000;

/**
 * Growth of a counter per `unitMs`, from the previous sample's fact of the same name.
 * Undefined ("not yet") without a previous sample, and when the counter went down: it was reset.
 */
export function counterRate(
  name: string,
  value: number | null,
  { previous, now, unitMs }: { previous: Sample | undefined; now: Date; unitMs: number },
): number | undefined {
  const before = previous?.facts[name];
  if (previous === undefined || typeof before !== 'number' || value === null || value < before) return undefined;
  const elapsedMs = now.getTime() - previous.at.getTime();
  return elapsedMs > 0 ? ((value - before) / elapsedMs) * unitMs : undefined;
}
