import { placeholdersOf } from '../../conditions/template.ts';
import type { Check } from '../../config/model.ts';
import { drawnFact } from '../../health/past.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { ShownMetric } from './options.ts';
import { type Target, targetOf } from './target.ts';

/** A number that a report shows. */
export interface Metric {
  /** Names it in what is kept: `api.p95_ms`. */
  key: string;
  label: string;
  check: Check;
  /** Where the number stands in the facts. */
  path: string[];
  unit: string | undefined;
  target: Target | undefined;
  of: number | string[] | undefined;
  digits: number | undefined;
}

const most = 6;

/** The metrics that the operator names, and what is wrong with those that can't be shown. Pure. */
export function namedMetrics(
  shown: readonly ShownMetric[],
  checks: readonly Check[],
): { metrics: Metric[]; wrong: string[] } {
  const metrics: Metric[] = [];
  const wrong: string[] = [];
  for (const each of shown) {
    const made = metricOf(each, checks);
    if (typeof made === 'string') wrong.push(made);
    else metrics.push(made);
  }
  return { metrics, wrong };
}

/** Without any named: checks whose rules compare a number, of as many types as there are. Pure. */
export function usualMetrics(checks: readonly Check[]): Metric[] {
  const found = checks.flatMap((check) => {
    const fact = drawnFact(check);
    if (fact === undefined || !targetOf(check, fact)) return [];
    const made = metricOf({ check: check.id, fact }, checks);
    return typeof made === 'string' ? [] : [made];
  });
  const firsts = found.filter((one, at) => found.findIndex(({ check }) => check.type === one.check.type) === at);
  return [...new Set([...firsts, ...found])].slice(0, most);
}

function metricOf(shown: ShownMetric, checks: readonly Check[]): Metric | string {
  const { check: id, label, target, digits } = shown;
  const check = checks.find((each) => each.id === id);
  if (!check) {
    const guess = nearest(
      id,
      checks.map((each) => each.id),
    );
    return `there is no check ${id}${guess === undefined ? '' : `: did you mean ${guess}?`}`;
  }
  const fact = shown.fact ?? drawnFact(check);
  if (fact === undefined) return `${id} measures no number by itself: say which with fact`;
  const path = pathOf(fact);
  const of = typeof shown.of === 'string' ? pathOf(shown.of) : shown.of;
  const specs = check.definition.facts(check.target);
  const wrong = [path, of].find((each) => Array.isArray(each) && !Object.hasOwn(specs, each[0] ?? ''));
  if (!path || wrong !== undefined || (shown.of !== undefined && of === undefined))
    return `${id} has no such fact: ${Object.keys(specs).join(', ')}`;
  const unit = shown.unit ?? specs[fact]?.unit;
  return {
    ...{ key: `${id}.${fact}`, label: label ?? labelOf(id, fact, specs[fact]?.unit), check, path, unit, of, digits },
    ...{ target: target ?? targetOf(check, fact) },
  };
}

/** `json.a[0].b` as its steps; undefined = it is no path. Pure. */
export function pathOf(fact: string): string[] | undefined {
  return placeholdersOf(`{${fact}}`)[0]?.path;
}

/** `api latency` of `latency_ms`. */
export function labelOf(id: string, fact: string, unit: string | undefined): string {
  const bare = unit !== undefined && fact.endsWith(`_${unit}`) ? fact.slice(0, -unit.length - 1) : fact;
  return `${id} ${bare.replaceAll('_', ' ')}`;
}
