import type { Spent } from '../../health/spent.ts';
import type { CalendarPeriod } from '../calendar.ts';

/** How an objective stands: `unsure` = it depends on what the unknown time was. */
export type Standing = 'missed' | 'unsure' | 'at risk' | 'kept' | 'unmeasured';

/** What may be down, and what was. */
export interface Budget {
  standing: Standing;
  /** Percent of the time that was up or down; undefined = none was. */
  uptime: number | undefined;
  /** The same if all unknown time was down. */
  worst: number | undefined;
  /** What may be down in the period, of the time that is measured or still to come, ms. */
  totalMs: number;
  usedMs: number;
  unknownMs: number;
  /** Time of the period so far that is in no number: muted, in maintenance, blocked or not measured, ms. */
  outsideMs: number;
  /** How fast it is used: 1 = it lasts exactly until the end; undefined = nothing is known. */
  burn: number | undefined;
  /** When it is used up at that rate, where that is before the end. */
  usedUpAt?: Date;
}

/** At this share of its budget a burn above 1 is worth a look, and at the other one any. */
const [fastUsed, muchUsed] = [0.1, 0.75];

/** The error budget of a period, up to now. `percent`: 99.9 = 99.9 %. Pure. */
export function budgetOf(
  spent: Spent | undefined,
  { percent, period, now }: { percent: number; period: CalendarPeriod; now: Date },
): Budget {
  const { upMs, failMs, unknownMs } = spent ?? { upMs: 0, failMs: 0, unknownMs: 0 };
  const until = Math.min(now.getTime(), period.to.getTime());
  const leftMs = period.to.getTime() - until;
  const told = upMs + failMs;
  const allowed = Math.max(0, (100 - percent) / 100);
  const totalMs = allowed * (told + leftMs);
  const burn =
    told > 0 ? (allowed > 0 ? failMs / told / allowed : failMs > 0 ? Number.POSITIVE_INFINITY : 0) : undefined;
  const usedUpAt = burn !== undefined && burn > 1 ? now.getTime() + (totalMs - failMs) / (failMs / told) : undefined;
  return {
    standing: standingOf({ failMs, unknownMs, totalMs, told, burn, isOver: leftMs === 0 }),
    uptime: told > 0 ? (100 * upMs) / told : undefined,
    worst: told + unknownMs > 0 ? (100 * upMs) / (told + unknownMs) : undefined,
    ...{ totalMs, usedMs: failMs, unknownMs, burn },
    outsideMs: Math.max(0, until - period.from.getTime() - told - unknownMs),
    ...(usedUpAt !== undefined &&
      usedUpAt > now.getTime() &&
      usedUpAt < period.to.getTime() && { usedUpAt: new Date(usedUpAt) }),
  };
}

interface Known {
  failMs: number;
  unknownMs: number;
  totalMs: number;
  told: number;
  burn: number | undefined;
  isOver: boolean;
}

function standingOf({ failMs, unknownMs, totalMs, told, burn, isOver }: Known): Standing {
  if (told === 0) return 'unmeasured';
  // A millisecond: what was summed up differently is no miss.
  if (failMs > totalMs + 1) return 'missed';
  if (failMs + unknownMs > totalMs + 1 && unknownMs > 0) return 'unsure';
  if (isOver || failMs === 0) return 'kept';
  const used = failMs / totalMs;
  return used >= muchUsed || ((burn ?? 0) > 1 && used >= fastUsed) ? 'at risk' : 'kept';
}

/** 99.8999 as `99.899 %`: cut, so that it never reads as what it does not reach. Pure. */
export function percentWords(value: number): string {
  return `${Math.floor(value * 1_000 + 1e-6) / 1_000} %`;
}
