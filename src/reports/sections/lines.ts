import type { CheckReport, Outcome } from '../../health/model.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { type Decided, decide } from '../lines/decide.ts';
import { type Filling, filled, hasPlaces } from '../lines/fill.ts';
import { type OwnLine, ownLines } from '../lines/options.ts';
import { markedTitle, markPlace, smallMark } from '../marks.ts';
import type { ReportLine, SectionResult } from '../model.ts';
import { defineReportSection } from '../section.ts';

type Source = Pick<Filling, 'checks' | 'reports' | 'now'> & { all: readonly CheckReport[] };

/** Worst first, for the title. */
const ranks: readonly Outcome[] = ['fail', 'unknown', 'warn', 'ok'];

export default defineReportSection({
  name: 'lines',
  summary: "The operator's own lines: any text with facts of checks in it, and a mark by checks or a condition",
  options: ownLines,
  async run(ctx, { title, lines, brief }): Promise<SectionResult> {
    const { checks: all } = await ctx.health();
    const source = {
      ...{ all, checks: ctx.sources.ops.checks, now: ctx.now },
      reports: new Map(all.map((report) => [report.id, report])),
    };
    const titled = title.includes(markPlace);
    const made = lines.map((line) => madeLine(line, { source, titled }));
    const unknown = [...new Set(made.flatMap((each) => each.unknown))];
    const found = made.map(({ outcome }) => outcome);
    const known = ranks.find((outcome) => found.includes(outcome)) ?? 'ok';
    const worst = known !== 'fail' && unknown.length > 0 ? 'unknown' : known;
    const quiet = brief === undefined ? undefined : filled(brief, { ...source, words: new Map() });
    return {
      title: markedTitle(title, worst),
      attention: worst === 'fail' ? 'act' : worst === 'ok' ? 'none' : 'look',
      always: true,
      lines: made.map(({ line }) => line),
      ...(quiet && { brief: quiet.text }),
      ...(unknown.length > 0 && { unknown }),
      ...(lines.length > 5 && {
        tables: [{ title: markedTitle(title, worst), columns: ['What'], rows: made.map(({ line }) => [line.text]) }],
      }),
    };
  },
});

/** `{ok}` in a text is its mark; without it the mark stands in front, unless the title says that all is well. */
function madeLine(
  own: OwnLine,
  { source, titled }: { source: Source; titled: boolean },
): { line: ReportLine; outcome: Outcome | undefined; unknown: string[] } {
  const decided = decide(own.ok, { checks: source.checks, reports: source.all, now: source.now });
  const text = wordsFor(own, decided);
  const mark = decided && smallMark(decided.outcome);
  const words = new Map([
    ...(mark === undefined ? [] : [['ok', mark] as const]),
    ...(decided ? countsIn(decided) : []),
  ]);
  const said = filled(text, { ...source, words });
  const line: ReportLine = {
    ...(decided && !text.includes(markPlace) && !(titled && decided.outcome === 'ok') && { mark: decided.outcome }),
    text: said.text,
  };
  return { line, outcome: decided?.outcome, unknown: [...(decided?.unknown ?? []), ...said.unknown] };
}

/** A text that claims something without naming a value would be a lie when it is not so: then it says why. */
function wordsFor(own: OwnLine, decided: Decided | undefined): string {
  if (!decided || decided.outcome === 'ok') return own.text;
  if (own.else !== undefined) return own.else;
  if (hasPlaces(own.text)) return own.text;
  if (decided.outcome === 'unknown' && decided.bad.length === 0) return `unknown whether: ${own.text}`;
  return decided.bad.length > 0 ? '{failing} of {total} not ok: {reasons}' : `not so: ${own.text}`;
}

function countsIn({ bad, total, outcome, unknown }: Decided): [string, string][] {
  const reasons = bad.map(({ id, reason }) => `${id}: ${reason}`);
  const why = reasons.length > 0 ? firstFew(reasons, 3) : outcome === 'unknown' ? firstFew(unknown, 3) : '';
  return [
    ['reasons', why],
    ['failing', String(bad.length)],
    ['total', String(total)],
  ];
}
