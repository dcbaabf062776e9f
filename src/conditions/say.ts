import type { FactSpecs, Facts } from '../kernel/check.ts';
import { formatValue } from './format.ts';
import type { Condition, Explanation, UsualRead } from './model.ts';
import { type Placeholder, placeholdersOf } from './template.ts';
import { cut, isObject } from './value.ts';

const longest = 500;

/**
 * One plain line that says why a rule fired: its `say` with `{fact}` filled in, else made from the comparison that
 * decided: `status 503 (want 200)`, `latency_ms 612 ms (limit 500 ms)`, `json.database.connected is false`.
 */
export function sayRule(condition: Condition, facts: Facts, specs: FactSpecs): string {
  const template = condition.rule.say;
  if (template !== undefined) return sayFacts(template, facts, specs);
  const explanation = condition.explain(facts);
  if (!explanation || isHidden(explanation, specs)) return `${condition.source} is true`;
  return sayExplanation(explanation);
}

/** Whether the value it read is for rules only. */
export function isHidden({ fact }: Explanation, specs: FactSpecs): boolean {
  return specs[/^\w+/.exec(fact)?.[0] ?? '']?.hidden === true;
}

function sayExplanation(explanation: Explanation): string {
  const { usual, multiple, op } = explanation;
  if (usual?.length !== 1 || multiple === undefined || op === '==' || op === '!=' || op === 'is') {
    const said = sayComparison(explanation);
    return usual ? `${said}; usual at this hour: ${usual.map(sayUsualOf).join(', ')}` : said;
  }
  const [{ median, days }] = usual as [UsualRead];
  const { fact, value, unit } = explanation;
  const than = { '<': 'under', '<=': 'at most', '>': 'over', '>=': 'at least' }[op];
  const seen = `${fact} ${figure(value, unit, median)}`;
  return `${seen} is ${than} ${sayMultiple(multiple)}the usual ${figure(median, unit, value)} at this hour (${sayDays(days)})`;
}

/** "half of ", "3 times ", nothing for just as much. */
function sayMultiple(multiple: number): string {
  if (multiple === 1) return '';
  if (multiple === 0.5) return 'half of ';
  if (multiple === 2) return 'twice ';
  return multiple < 1 ? `${formatValue(multiple * 100)} % of ` : `${formatValue(multiple)} times `;
}

/** "requests 240 (median of 6 days)". */
export function sayUsualOf({ fact, median, days, unit }: UsualRead): string {
  return `${fact} ${figure(median, unit)} (${sayDays(days)})`;
}

function sayDays(days: number): string {
  return `median of ${days} days`;
}

function sayComparison({ fact, op, value, limit, unit }: Explanation): string {
  const seen = figure(value, unit, limit);
  const bound = figure(limit, unit, value);
  switch (op) {
    case '!=':
      return `${fact} ${seen} (want ${bound})`;
    case '==':
      return `${fact} is ${seen}`;
    case 'is':
      return Array.isArray(limit) ? `${fact} ${seen} (want one of ${bound})` : `${fact} is ${seen}`;
    default:
      return `${fact} ${seen} (limit ${bound})`;
  }
}

/** Text in quotes, so that `unavailable` is no remark on the fact; milliseconds short, unless that hides a difference. */
function figure(value: unknown, unit: string | undefined, other?: unknown): string {
  if (Array.isArray(value)) return formatValue(value.map(quoted), unit);
  if (typeof value === 'number' && unit === 'ms') return formatValue(shortMs(value, other), unit);
  return formatValue(quoted(value), unit);
}

/** Large integers and moments come as text; they are none. */
const noText = /^(-?\d{16,}|\d{4}-\d\d-\d\dT[\d:.]+Z)$/;

function quoted(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '' || noText.test(value)) return value;
  return `"${value.trim()}"`;
}

/** Three significant digits. */
function shortMs(ms: number, other?: unknown): number {
  const short = Number(ms.toPrecision(3));
  return short === other && ms !== other ? ms : short;
}

/** "clears below 400 ms": what a `clear` rule that is not true waits for. */
export function sayClear(condition: Condition, facts: Facts): string {
  const explanation = condition.explain(facts);
  if (!explanation) return `clears when ${condition.source}`;
  const { fact, op, value, limit, unit } = explanation;
  const bound = figure(limit, unit, value);
  const wants = {
    '>=': `below ${bound}`,
    '>': `at ${bound} or below`,
    '<=': `above ${bound}`,
    '<': `at ${bound} or above`,
    '!=': `at ${bound}`,
    '==': `when it is not ${bound}`,
    is: `when ${condition.source}`,
  };
  return `${fact} ${figure(value, unit, limit)}, clears ${wants[op]}`;
}

/** A template with `{fact}` filled in, as one line of at most 500 characters. */
export function sayFacts(template: string, facts: Facts, specs: FactSpecs): string {
  return cut(fill(template, facts, specs), longest);
}

const templates = new Map<string, Placeholder[]>();

/** Templates come from the config and the check types: few, and asked for at every sweep. */
function parsed(template: string): Placeholder[] {
  const found = templates.get(template) ?? placeholdersOf(template);
  templates.set(template, found);
  return found;
}

function fill(template: string, facts: Facts, specs: FactSpecs): string {
  let text = '';
  let from = 0;
  for (const { path, start, end } of parsed(template)) {
    const unit = path?.length === 1 && path[0] !== undefined ? specs[path[0]]?.unit : undefined;
    // An author who wrote "{latency_ms} ms" said the unit already.
    const said = unit !== undefined && template.slice(end).trimStart().startsWith(unit);
    text += template.slice(from, start);
    const value = path ? lookUp(facts, path) : undefined;
    const short = typeof value === 'number' && unit === 'ms' ? shortMs(value) : value;
    text += path ? formatValue(short, said ? undefined : unit) : template.slice(start, end);
    from = end;
  }
  return text + template.slice(from);
}

function lookUp(facts: Facts, path: string[]): unknown {
  let at: unknown = facts;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}
