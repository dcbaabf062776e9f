import type { Check } from '../../config/model.ts';
import { drawnFact } from '../../health/past.ts';
import { labelOf } from './choose.ts';
import type { PastMetric } from './options.ts';
import { type Target, targetOf } from './target.ts';

/** A number of which months are kept. */
export interface KeptMetric {
  check: Check;
  fact: string;
  label: string;
  target: Target | undefined;
  unit: string | undefined;
}

/** What was chosen and is kept; `missing` says of the rest what to correct. Pure. */
export function keptMetrics(
  show: readonly PastMetric[],
  checks: readonly Check[],
): { metrics: KeptMetric[]; missing: string[] } {
  const metrics: KeptMetric[] = [];
  const missing: string[] = [];
  const byId = new Map(checks.map((check) => [check.id, check]));
  for (const { check: id, fact: named, label, target, unit } of show) {
    const check = byId.get(id);
    const fact = named ?? (check && drawnFact(check));
    const spec = check && fact !== undefined ? check.definition.facts(check.target)[fact] : undefined;
    if (check && fact !== undefined && spec?.type === 'number') {
      const own = { label: labelOf(id, fact, spec.unit), target: targetOf(check, fact), unit: spec.unit };
      metrics.push({ check, fact, label: label ?? own.label, target: target ?? own.target, unit: unit ?? own.unit });
      continue;
    }
    const what = fact === undefined ? `${id} measures no number` : `${id} has no number "${fact}"`;
    missing.push(`${check ? what : `there is no check "${id}"`}: correct \`show\` in the report's file`);
  }
  return { metrics, missing };
}
