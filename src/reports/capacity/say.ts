import { dayName } from '../day-name.ts';
import { shown } from '../metrics/say.ts';
import { targetWords } from '../metrics/target.ts';
import type { ReportLine } from '../model.ts';
import { daysNeeded } from './forecast.ts';
import type { Foreseen } from './foresee.ts';

const dayMs = 86_400_000;

interface Saying {
  zone: string;
  /** How soon it must cross to want a look, days. */
  look: number;
}

/** Whether somebody should plan for it now. Pure. */
export function wantsLook({ forecast }: Pick<Foreseen, 'forecast'>, look: number): boolean {
  return forecast?.kind === 'missed' || (forecast?.kind === 'crosses' && forecast.earliest <= look);
}

/** How soon it runs out, days; what does not comes last. Pure. */
export function urgency({ forecast }: Pick<Foreseen, 'forecast'>): number {
  if (forecast?.kind === 'missed') return -1;
  return forecast?.kind === 'crosses' ? forecast.inDays : Number.POSITIVE_INFINITY;
}

/** One number as a line. Pure. */
export function capacityLine(foreseen: Foreseen, saying: Saying): ReportLine {
  const { metric, last } = foreseen;
  const { label, unit, target, check } = metric;
  const loud = wantsLook(foreseen, saying.look);
  const limit = target === undefined ? '' : ` (${targetWords(target, unit)})`;
  return {
    mark: loud ? 'warn' : target === undefined || foreseen.forecast?.kind === 'too few' ? 'info' : 'ok',
    text: `${label} ${shown(last, unit)}${limit}: ${becomes(foreseen, saying)}`,
    ...(check.owner !== undefined && { owner: check.owner }),
    ...(loud && { next: 'plan for more, or find what grows' }),
    ...(!loud && { threadOnly: true as const }),
  };
}

/** "crosses 80 % about 14 Jan, in 7 weeks (30 Dec to 12 Feb)". Pure. */
export function becomes({ metric, forecast, growth, days, lastAt }: Foreseen, { zone }: Saying): string {
  const { unit, target } = metric;
  if (!forecast || !target) return growthWords(growth, days);
  const at = (inDays: number) => dayName(new Date(lastAt.getTime() + inDays * dayMs), zone);
  const month = (slope: number) => `${slope > 0 ? '+' : '−'}${shown(Math.abs(slope) * 30, unit)} a month`;
  switch (forecast.kind) {
    case 'too few':
      return `too few days to tell (${forecast.days} of ${daysNeeded})`;
    case 'missed':
      return `beyond its target${forecast.slope === undefined ? '' : `, ${month(forecast.slope)}`}`;
    case 'steady':
      return 'no trend';
    case 'away':
      return `${month(forecast.slope)}, away from its target`;
    case 'not soon':
      return `${month(forecast.slope)}, not within a year`;
    case 'crosses': {
      const { slope, inDays, earliest, latest } = forecast;
      const ends = [at(earliest), latest === undefined ? undefined : at(latest)];
      const range =
        ends[0] === ends[1] ? '' : ` (${ends[0]} ${ends[1] === undefined ? 'at the earliest' : `to ${ends[1]}`})`;
      return `crosses ${shown(target.value, unit)} about ${at(inDays)}, ${inWords(inDays)}${range}, ${month(slope)}`;
    }
  }
}

function growthWords(growth: number | undefined, days: number): string {
  if (days < daysNeeded) return `too few days to tell (${days} of ${daysNeeded})`;
  if (growth === undefined) return 'no growth to tell: it was 0';
  const percent = Math.round(growth);
  const weeks = `from the first to the last week of ${days} days`;
  return percent === 0 ? `the same ${weeks}` : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} % ${weeks}`;
}

function inWords(days: number): string {
  if (days < 1) return 'about now';
  if (days < 14) return `in ${Math.round(days)} ${Math.round(days) === 1 ? 'day' : 'days'}`;
  return days < 90 ? `in ${Math.round(days / 7)} weeks` : `in ${Math.round(days / 30.4)} months`;
}
