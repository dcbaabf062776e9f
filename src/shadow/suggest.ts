import { formatValue } from '../conditions/format.ts';
import { formatDuration } from '../kernel/duration.ts';
import type { CheckPast, LimitPast, ShadowReport } from './model.ts';

/** So many alerts of one check in a run are worth a thought. */
export const oftenFrom = 3;
/** Of fewer values a percentile says nothing. */
const fewestValues = 20;
/** A check that took more than this share of its timeout will run into it. */
const nearTimeout = 0.8;
const unknownShare = 0.05;

/** What to change before anybody is told, a line each, by check. Pure. */
export function suggestionsFor({ checks, homeless }: Pick<ShadowReport, 'checks' | 'homeless'>): string[] {
  const short = checks.filter(({ results, openAfter }) => results > 0 && results < openAfter.hits).map(({ id }) => id);
  return [
    ...checks.flatMap((check) => ofCheck(check).map((line) => `${check.id}: ${line}`)),
    ...homeless.map((group) => `group ${group}: its alerts go nowhere: set slack.alerts or groups.${group}.channel`),
    ...(short.length > 0 ? [`measured too seldom to open an alert, so run it for longer: ${short.join(', ')}`] : []),
  ];
}

function ofCheck(check: CheckPast): string[] {
  const { results, unknown, alerts, limits } = check;
  if (results === 0) return ['was never due: run it for longer'];
  if (unknown === results) return [neverMeasured(check)];
  const byRule = Map.groupBy(alerts, ({ rule }) => rule);
  const lines = [...byRule].flatMap(([rule, each]) => {
    const limit = limits.find((known) => known.rule === rule && known.values >= fewestValues);
    const times = each.length;
    const isOften = times >= oftenFrom;
    if (limit && (isOften || limit.beyond * 2 > limit.values)) return [aboutLimit(limit, times, check)];
    if (!isOften) return [];
    const shortest = formatDuration(Math.min(...each.map(({ lastedMs }) => lastedMs)));
    return [
      `${rule ?? 'it could not be measured, which'} would have alerted ${times} times, for ${shortest} and more: ${onlyWhatLasts(check)}`,
    ];
  });
  if (unknown / results >= unknownShare) lines.push(sometimesUnknown(check));
  if (check.p95Ms > nearTimeout * check.timeoutMs) lines.push(slow(check));
  return lines;
}

function aboutLimit(limit: LimitPast, times: number, check: CheckPast): string {
  const isHigh = limit.op === '>' || limit.op === '>=';
  const said = (value: number) => formatValue(value, limit.unit);
  const often = times === 1 ? 'once' : `${times} times`;
  const head = `${limit.rule} would have alerted ${often}; the ${isHigh ? '95th' : '5th'} percentile was ${said(limit.p95)}`;
  if (limit.beyond * 2 > limit.values)
    return `${head}, the median ${said(limit.median)}: most values are beyond the limit, so choose another one or mend what it measures`;
  const isBeyond = isHigh ? limit.p95 > limit.limit : limit.p95 < limit.limit;
  if (!isBeyond) return `${head}: ${onlyWhatLasts(check)}`;
  return `${head}: a limit of ${said(roundedAway(limit.p95, isHigh))} is beyond what is usual, or ${onlyWhatLasts(check)}`;
}

function onlyWhatLasts({ everyMs }: CheckPast): string {
  return `held_for: ${asWritten(3 * everyMs)} tells only of what lasts`;
}

function neverMeasured({ results, reasons, next }: CheckPast): string {
  const why = reasons[0] ? `: ${reasons[0].reason}` : '';
  return `was never measured in ${results} ${results === 1 ? 'try' : 'tries'}${why}${next ? ` → ${next}` : ''}`;
}

function sometimesUnknown({ results, unknown, reasons }: CheckPast): string {
  const why = reasons.slice(0, 2).map(({ reason, times }) => `${reason} (×${times})`);
  return `could not be measured ${unknown} of ${results} times${why.length > 0 ? `: ${why.join('; ')}` : ''}`;
}

function slow({ p95Ms, timeoutMs }: CheckPast): string {
  return `took ${formatDuration(p95Ms)} in one of twenty runs, of a timeout of ${formatDuration(timeoutMs)}: raise timeout`;
}

/** To two digits, away from what is usual: 623 → 630 of a limit above, 623 → 620 of one below. */
function roundedAway(value: number, isHigh: boolean): number {
  if (value === 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return (isHigh ? Math.ceil(value / step) : Math.floor(value / step)) * step;
}

/** As ops.yml takes it: `90s`, `15m`, `3h`. */
function asWritten(ms: number): string {
  const [size, unit] = (
    [
      [3_600_000, 'h'],
      [60_000, 'm'],
      [1_000, 's'],
    ] as const
  ).find(([each]) => ms % each === 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
}
