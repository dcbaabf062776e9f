import { formatDuration } from '../../kernel/duration.ts';
import { dayName } from '../day-name.ts';
import { shown } from '../metrics/say.ts';
import { isUpper, targetWords } from '../metrics/target.ts';
import type { ReportLine, ReportTable } from '../model.ts';
import { percentWords, type Standing } from './budget.ts';
import type { Read } from './read.ts';

const marks = { missed: 'fail', unsure: 'unknown', 'at risk': 'warn', kept: 'ok', unmeasured: 'unknown' } as const;
const worstFirst: Standing[] = ['missed', 'unsure', 'at risk', 'kept', 'unmeasured'];

export function standingOf({ found }: Read): Standing {
  return found.kind === 'uptime' ? found.budget.standing : found.level.standing;
}

/** Worst first; of equals as they were. Pure. */
export function byStanding(a: Read, b: Read): number {
  return worstFirst.indexOf(standingOf(a)) - worstFirst.indexOf(standingOf(b));
}

/** One objective as a line. Pure. */
export function objectiveLine(
  read: Read,
  { zone, consequence }: { zone: string; consequence?: string | undefined },
): ReportLine {
  const standing = standingOf(read);
  const { objective, label, period, owner } = read;
  const what = read.found.kind === 'uptime' ? uptimeWords(read, zone) : levelWords(read);
  const follows = objective.consequence ?? consequence;
  const next =
    standing === 'missed' ? follows : standing === 'unsure' ? 'find out what the unknown time was' : undefined;
  return {
    mark: marks[standing],
    text: `${label}, ${period.name}: ${what}`,
    ...(owner !== undefined && { owner }),
    ...(next !== undefined && { next }),
    ...(standing === 'kept' && { threadOnly: true as const }),
  };
}

function uptimeWords({ found, isOver }: Read, zone: string): string {
  if (found.kind !== 'uptime') return '';
  const { percent, budget, lately } = found;
  const { uptime, worst, totalMs, usedMs, unknownMs, burn, usedUpAt, outsideMs } = budget;
  const parts = [
    `${percentWords(uptime ?? 0)} up (≥ ${percent} %)`,
    `${timeWords(usedMs)} down of ${timeWords(totalMs)}, ${leftWords(totalMs - usedMs)}`,
    burn === undefined || isOver
      ? ''
      : `burn ${burnWords(burn)}${lately === undefined ? '' : `, last 24 h ${burnWords(lately)}`}`,
    usedUpAt === undefined ? '' : `used up about ${dayName(usedUpAt, zone)} at this rate`,
    unknownMs < 1_000 ? '' : `${timeWords(unknownMs)} unknown: ${percentWords(worst ?? 0)} if that was down`,
    outsideMs < hourMs ? '' : `${timeWords(outsideMs)} muted or not measured`,
  ];
  return parts.filter(Boolean).join(' · ');
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** To the minute from ten minutes on. */
function timeWords(ms: number): string {
  if (ms < 1_000) return '0 min';
  return formatDuration(ms < 10 * minuteMs ? ms : Math.round(ms / minuteMs) * minuteMs);
}

function leftWords(leftMs: number): string {
  return leftMs >= 0 ? `${timeWords(leftMs)} left` : `${timeWords(-leftMs)} too many`;
}

function burnWords(burn: number): string {
  return Number.isFinite(burn) ? `${Number(burn.toFixed(burn < 10 ? 1 : 0))}×` : 'without end';
}

function levelWords({ found, objective, unit }: Read): string {
  if (found.kind !== 'level' || objective.target === undefined) return '';
  const { hours, within, mean = 0, low, high } = found.level;
  const { target, share } = objective;
  const extreme = isUpper(target) ? `at most ${shown(high, unit)}` : `at least ${shown(low, unit)}`;
  const limit = targetWords(target, unit);
  const inHours = `${percentWords((100 * within) / hours)} of ${hours} measured hours ${limit}`;
  return share === undefined
    ? `${shown(mean, unit)} on average (${limit}), ${extreme} · ${inHours}`
    : `${inHours} (≥ ${share} %) · ${shown(mean, unit)} on average, ${extreme}`;
}

/** All objectives for the thread; numbers in minutes. Pure. */
export function budgetTable(read: readonly Read[]): ReportTable[] {
  const minutes = (ms: number) => Number((ms / minuteMs).toFixed(1));
  const rows = read.flatMap(({ found, label, period }) => {
    if (found.kind !== 'uptime') return [];
    const { standing, uptime, totalMs, usedMs, unknownMs, burn } = found.budget;
    const numbers = [totalMs, usedMs, totalMs - usedMs, unknownMs].map(minutes);
    const rate = burn === undefined ? null : burnWords(burn);
    return [
      [
        label,
        period.name,
        uptime === undefined ? null : percentWords(uptime),
        `${found.percent} %`,
        ...numbers,
        rate,
        standing,
      ],
    ];
  });
  const columns = ['What', 'Period', 'Up', 'Objective', 'Budget min', 'Down', 'Left', 'Unknown', 'Burn', 'State'];
  return rows.length === 0 ? [] : [{ title: 'Error budgets', columns, rows }];
}
