import { z } from 'zod';
import type { Check } from '../config/model.ts';
import { identifier } from '../config/schema/scalars.ts';
import { drawnFact } from '../health/past.ts';
import { limitsOn } from '../health/trend.ts';
import { type Target, target } from './target.ts';

/** A number that a section shows, as its options name it. */
export const metricChoice = z.strictObject({
  check: identifier.describe('a check of `ops.yml`'),
  fact: z.string().min(1).max(200).optional().describe('one of its numbers; default: the one its rules compare'),
  label: z.string().trim().min(1).max(60).optional().describe('what it is called; default: the check and the fact'),
  target: target.optional().describe("what it should be: `< 500`, `>= 95`; default: by the check's own limits"),
  unit: z.string().trim().max(10).optional().describe('shown behind it; default: the unit of the fact'),
});
export type MetricChoice = z.output<typeof metricChoice>;

export interface Metric {
  check: Check;
  fact: string;
  label: string;
  target: Target | undefined;
  unit: string | undefined;
}

/** What was chosen and is there; `missing` says of the rest what to correct. Pure. */
export function metricsOf(
  show: readonly MetricChoice[],
  checks: readonly Check[],
): { metrics: Metric[]; missing: string[] } {
  const metrics: Metric[] = [];
  const missing: string[] = [];
  const byId = new Map(checks.map((check) => [check.id, check]));
  for (const choice of show) {
    const check = byId.get(choice.check);
    if (!check) {
      missing.push(`there is no check "${choice.check}": correct \`show\` in the report's file`);
      continue;
    }
    const fact = choice.fact ?? drawnFact(check);
    const spec = fact === undefined ? undefined : check.definition.facts(check.target)[fact];
    if (fact === undefined || spec?.type !== 'number') {
      const what = fact === undefined ? 'measures no number' : `has no number "${fact}"`;
      missing.push(`${check.id} ${what}: correct \`show\` in the report's file`);
      continue;
    }
    metrics.push({
      ...{ check, fact, label: choice.label ?? labelOf(check.id, fact, spec.unit) },
      ...{ target: choice.target ?? ownTarget(check, fact), unit: choice.unit ?? spec.unit },
    });
  }
  return { metrics, missing };
}

/** `api latency` of `latency_ms`. */
function labelOf(id: string, fact: string, unit: string | undefined): string {
  const bare = unit !== undefined && fact.endsWith(`_${unit}`) ? fact.slice(0, -unit.length - 1) : fact;
  return `${id} ${bare.replaceAll('_', ' ')}`;
}

/** The numbers that rules set limits to, one a check, in the order of the file. Pure. */
export function usualMetrics(checks: readonly Check[], most: number): MetricChoice[] {
  const choices = checks.flatMap((check): MetricChoice[] => {
    const fact = drawnFact(check);
    return fact !== undefined && limitsOn(check, fact).length > 0 ? [{ check: check.id, fact }] : [];
  });
  return choices.slice(0, most);
}

const opposite = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const;

/** What the first limit of its rules wants of a fact, a warning's before a failure's. Pure. */
export function ownTarget(check: Check, fact: string): Target | undefined {
  const limits = limitsOn(check, fact);
  const limit = limits.find(({ level }) => level === 'warn') ?? limits[0];
  return limit && { op: opposite[limit.op], value: limit.value };
}
