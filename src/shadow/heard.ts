import type { ProblemEvent } from '../health/events.ts';
import type { Outcome } from '../health/model.ts';

interface Found {
  at: Date;
  outcome: Outcome;
  rule: string | undefined;
}

/** Which rules were behind the problems of each check: messages say reasons, which differ each time. */
export class Heard {
  private readonly found = new Map<string, Found[]>();

  take(events: readonly ProblemEvent[]): void {
    for (const { checkId, at, report } of events) {
      const { outcome, rule } = report;
      if (outcome === 'ok') continue;
      const known = this.found.get(checkId) ?? [];
      this.found.set(checkId, known);
      const last = known.at(-1);
      if (last?.outcome !== outcome || last.rule !== rule) known.push({ at, outcome, rule });
    }
  }

  /** The rule that had fired when people were told; undefined = none, as for what could not be measured. */
  ruleAt(checkId: string, toldAt: Date): string | undefined {
    return this.found.get(checkId)?.findLast(({ at }) => at <= toldAt)?.rule;
  }
}
