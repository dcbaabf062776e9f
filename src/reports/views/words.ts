import type { Outcome } from '../../health/model.ts';
import { countsLine, faces } from '../../health/views/words.ts';
import { isCalm, type MadeSection, type Report, type ReportLine, standingOf } from '../model.ts';

/** "Mon 23 Nov 09:00 GMT+1", by the clock on the wall of a zone. */
export function dayWords(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('hour')}:${part('minute')} ${zoneWords(at, zone)}`;
}

/** `EST`, `CET`; where English has no letters for a zone `GMT+5:30`. */
function zoneWords(at: Date, zone: string): string {
  const named = (locale: string) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  const american = named('en-US');
  return /^GMT/.test(american) ? named('en-GB') : american;
}

/** "Morning report · Mon 23 Nov 09:00 EST". */
export function headWords({ title, slot, madeAt, plan }: Pick<Report, 'title' | 'slot' | 'madeAt' | 'plan'>): string {
  return `${title} · ${dayWords(slot ?? madeAt, plan.zone)}`;
}

/** "1 fail · 2 warn of 66", "66/66 ok". */
export function countsWords({ content }: Pick<Report, 'content'>): string {
  const { counts, checks, unmeasured } = content;
  if (unmeasured !== undefined) return `checks unknown: ${unmeasured}`;
  if (checks.length === 0) return 'no checks';
  if (counts.ok === checks.length) return `${counts.ok}/${checks.length} ok`;
  return `${countsLine({ ...counts, ok: 0 })} of ${checks.length}`;
}

/** The parts of the one line of a quiet day, besides the counts. */
export function briefs(sections: readonly Pick<MadeSection, 'brief'>[]): string[] {
  return [...new Set(sections.flatMap(({ brief }) => (brief === undefined || brief === '' ? [] : [brief])))];
}

/** The mark of a whole report. */
export function markOf(report: Pick<Report, 'verdict' | 'content'>): string {
  return faces[standingOf(report)].mark;
}

const bad: readonly ReportLine['mark'][] = ['fail', 'unknown', 'warn', 'stale'];

/** What sections say in a few words: `✓` those in which all is well, `•` those that have what others tell of. */
export function briefLines(sections: readonly MadeSection[]): string[] {
  const isWell = (each: MadeSection) => isCalm(each) && !each.lines.some(({ mark }) => bad.includes(mark));
  return [
    ['✓', briefs(sections.filter(isWell))] as const,
    ['•', briefs(sections.filter((each) => !isWell(each)))] as const,
  ].flatMap(([mark, words]) => (words.length > 0 ? [`${mark} ${words.join(' · ')}`] : []));
}

export function lineMark({ mark }: Pick<ReportLine, 'mark'>): string {
  if (mark === undefined) return '';
  return mark === 'info' ? 'ℹ️' : mark === 'ok' ? '✓' : faces[mark].mark;
}

/** How late a reader must hear of it. */
const worthSayingMs = 5 * 60_000;

/** "72 min late", when it was posted so long after its time that a reader must know. */
export function lateWords(slot: Date | undefined, at: Date): string | undefined {
  if (slot === undefined) return undefined;
  const lateMs = at.getTime() - slot.getTime();
  if (lateMs < worthSayingMs) return undefined;
  const minutes = Math.floor(lateMs / 60_000);
  return minutes < 120 ? `${minutes} min late` : `${Math.floor(minutes / 60)} h late`;
}

/** " as of Mon 23 Nov 09:00 UTC", when it was posted so long after it was measured that it may not be so any more. */
export function asOfWords({ madeAt, plan }: Pick<Report, 'madeAt' | 'plan'>, at: Date): string {
  return at.getTime() - madeAt.getTime() < worthSayingMs ? '' : ` as of ${dayWords(madeAt, plan.zone)}`;
}

/** What a thing is now that a report named: `undefined` = nobody knows. */
export type NowOf = (item: string) => { outcome: Outcome; since: Date } | undefined;
