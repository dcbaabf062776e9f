import type { FactSpecs, Facts, Sample } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { counterRate, minuteMs } from '../facts/rate.ts';
import { cleanText, wholeText } from '../facts/text.ts';
import type { PostgresQueryTarget } from './params.ts';

type Declared = PostgresQueryTarget['facts'];
type ColumnType = Declared[string];

const specTypes = { number: 'number', counter: 'number', string: 'string', bool: 'bool' } as const;

/** The facts that declared columns become. */
export function columnSpecs(declared: Declared): FactSpecs {
  const specs: FactSpecs = {};
  for (const [name, type] of Object.entries(declared)) {
    specs[name] = { type: specTypes[type], help: `Column ${name} of the first row` };
    if (type === 'counter') {
      specs[`${name}_per_min`] = { type: 'number', unit: '/min', rate: true, help: `Growth of ${name}` };
    }
  }
  return specs;
}

/**
 * Facts of the first row. Null stays null; without a row there are none.
 * Throws Unmeasured('misconfigured') when a declared column is missing or isn't what it is declared to be.
 */
export function columnFacts(
  answer: { columns: string[]; rows: (string | null)[][] },
  declared: Declared,
  { previous, now }: { previous: Sample | undefined; now: Date },
): Facts {
  const facts: Facts = {};
  for (const [name, type] of Object.entries(declared)) {
    const index = answer.columns.indexOf(name);
    if (index === -1) {
      const found = answer.columns.map((column) => cleanText(column, 63)).join(', ') || 'none';
      throw new Unmeasured('misconfigured', `the query has no column ${name}; its columns: ${found}`, {
        next: `name it in the sql: … as ${name}`,
      });
    }
    const text = answer.rows[0]?.[index];
    if (text === undefined) continue;
    const value = text === null ? null : typed(name, text, type);
    facts[name] = value;
    if (type !== 'counter' || typeof value === 'string' || typeof value === 'boolean') continue;
    const rate = counterRate(name, value, { previous, now, unitMs: minuteMs });
    if (rate !== undefined) facts[`${name}_per_min`] = rate;
  }
  return facts;
}

const truths: Record<string, boolean> = { t: true, true: true, f: false, false: false };

/** PostgreSQL's text form as the declared type. NaN and Infinity say nothing that a rule could compare: null. */
function typed(name: string, text: string, type: ColumnType): number | string | boolean | null {
  if (type === 'string') return wholeText(text);
  if (type === 'bool') {
    const truth = truths[text];
    if (truth === undefined) throw wrongType(name, 'bool', 'select a boolean expression');
    return truth;
  }
  if (/^(-?Infinity|NaN)$/.test(text)) return null;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw wrongType(name, type, 'cast it; of an interval, extract(epoch from …)');
  return value;
}

/** The value itself stays out: it may be personal data. */
function wrongType(name: string, type: string, next: string): Unmeasured {
  return new Unmeasured('misconfigured', `column ${name} is declared as ${type} and its value is not`, { next });
}
