import type { Outcome } from '../../health/model.ts';
import { countsLine, faces } from '../../health/views/words.ts';
import { isQuiet, type MadeSection, type Report, type ReportLine } from '../model.ts';

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

/** What calm sections say: what is well, then what others tell of already and is not. */
export function calmWords(
  sections: readonly Pick<MadeSection, 'brief' | 'lines'>[],
): { mark: string; words: string[] }[] {
  const isWell = ({ lines }: Pick<MadeSection, 'lines'>) =>
    lines.every(({ mark }) => mark === undefined || mark === 'ok' || mark === 'info');
  const parts = [
    { mark: '✓', words: briefs(sections.filter(isWell)) },
    { mark: 'ℹ️', words: briefs(sections.filter((each) => !isWell(each))) },
  ];
  return parts.filter(({ words }) => words.length > 0);
}

/** The mark of a whole report: its verdict, but never green while something in it wants a look. */
export function markOf({ content, verdict }: Pick<Report, 'verdict' | 'content'>): string {
  if (content.unmeasured !== undefined) return faces.unknown.mark;
  if (verdict !== 'ok' || isQuiet(content)) return faces[verdict].mark;
  if (content.sections.some(({ attention }) => attention === 'act')) return faces.warn.mark;
  return content.sections.some(({ unknown = [] }) => unknown.length > 0) ? faces.unknown.mark : faces.ok.mark;
}

export function lineMark({ mark }: Pick<ReportLine, 'mark'>): string {
  if (mark === undefined) return '';
  return mark === 'info' ? 'ℹ️' : mark === 'ok' ? '✓' : faces[mark].mark;
}

/** "72 min late", when it was posted so long after its time that a reader must know. */
export function lateWords(slot: Date | undefined, at: Date): string | undefined {
  if (slot === undefined) return undefined;
  const minutes = Math.floor((at.getTime() - slot.getTime()) / 60_000);
  if (minutes < 5) return undefined;
  return minutes < 120 ? `${minutes} min late` : `${Math.floor(minutes / 60)} h late`;
}

/** What a thing is now that a report named: `undefined` = nobody knows. */
export type NowOf = (item: string) => { outcome: Outcome; since: Date } | undefined;
