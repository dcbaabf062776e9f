import { type FactSpec, type FactSpecs, type Facts, type Sample, Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import type { PostgresTarget } from './params.ts';
import { type PartName, perDatabase, wantedParts } from './parts.ts';
import type { Answers } from './read.ts';

const longestText = 200;
const mostListed = 20;
const dayMs = 86_400_000;

/** Throws Unmeasured when a column isn't what it is declared to be. */
function partFacts(answers: Answers, specs: FactSpecs): Facts {
  const rows = [...answers.values()].flatMap((answer) => (answer.kind === 'row' ? [answer.row] : []));
  return Object.fromEntries(
    rows.flatMap((row) => Object.entries(row)).map(([name, value]) => typed(name, value, specs)),
  );
}

/** The facts that are there once for the server: those of the DSN's own database count only where it is asked for. */
export function serverFacts(answers: Answers, specs: FactSpecs): Facts {
  const names = [...answers.keys()].filter((name) => !perDatabase.includes(name));
  return partFacts(of(answers, names), specs);
}

/** The facts of several databases as one: sums, the worst, lists with the database before each name. */
export function merged(all: [string, Answers][], specs: FactSpecs, target: PostgresTarget): Facts {
  const [only] = all;
  if (all.length === 1 && only !== undefined) return partFacts(of(only[1], perDatabase), specs);
  const facts: Facts = {};
  for (const [, part] of wantedParts(target, 'database')) {
    const each = all.map(([database, answers]) => ({ database, facts: partFacts(answers, specs) }));
    for (const [name, spec] of Object.entries(part.specs)) {
      if (spec.rate) continue;
      facts[name] = together(name, spec, each);
    }
  }
  return facts;
}

function of(answers: Answers, names: readonly PartName[]): Answers {
  return new Map([...answers].filter(([name]) => names.includes(name)));
}

type Each = { database: string; facts: Facts }[];

/** Null as soon as one of them is, unless what the others have is bad enough. */
function together(name: string, spec: FactSpec, each: Each): unknown {
  const values = each.map(({ facts }) => facts[name]);
  if (spec.type === 'list') {
    const lists = each.map(({ database, facts }) => list(facts[name])?.map((text) => `${database}: ${text}`));
    if (lists.includes(undefined)) return null;
    return bounded(lists.flatMap((texts) => texts ?? []));
  }
  if (name === 'sequence') return fullest(each);
  const numbers = values.filter((value) => typeof value === 'number');
  if (name === 'sequence_used_pct') {
    const most = Math.max(0, ...numbers);
    return numbers.length === values.length || most >= 85 ? most : null;
  }
  if (numbers.length < values.length) return null;
  return name === 'vacuum_age_s' ? Math.max(...numbers) : numbers.reduce((sum, value) => sum + value, 0);
}

function fullest(each: Each): string {
  const [top] = each.toSorted(
    (a, b) => Number(b.facts.sequence_used_pct ?? 0) - Number(a.facts.sequence_used_pct ?? 0),
  );
  return top?.facts.sequence ? `${top.database}: ${String(top.facts.sequence)}` : '';
}

function bounded(texts: string[]): string[] {
  return texts.length > mostListed ? [...texts.slice(0, mostListed), `and ${texts.length - mostListed} more`] : texts;
}

/** Which parts were not read, and why; with a flag for those that not every platform has. */
export function unreadFacts(answers: Answers, all: [string, Answers][]): Facts {
  const facts: Facts = {};
  for (const name of ['replication', 'archive', 'statements'] as const) {
    const answer = answers.get(name);
    if (answer !== undefined) facts[`${name}_read`] = answer.kind === 'absent' ? false : answer.kind === 'row' || null;
  }
  const others = all.filter(([, other]) => other !== answers);
  const unread = [...unreadOf(answers), ...others.flatMap(([name, other]) => unreadOf(other, name))];
  return { ...facts, unread: bounded(unread) };
}

function unreadOf(answers: Answers, database?: string): string[] {
  const place = database === undefined ? '' : ` of ${database}`;
  return [...answers].flatMap(([name, answer]) => {
    // An extension that nobody installed is nothing that is missing.
    if (answer.kind === 'row' || (name === 'statements' && answer.kind === 'absent')) return [];
    return [`${name}${place} (${answer.why})`];
  });
}

/** Growth in bytes a day; negative where it shrank. Undefined = not yet. */
export function dayGrowth(
  size: unknown,
  { previous, now }: { previous: Sample | undefined; now: Date },
): number | undefined {
  const before = previous?.facts.size_bytes;
  if (previous === undefined || typeof before !== 'number' || typeof size !== 'number') return undefined;
  const elapsedMs = now.getTime() - previous.at.getTime();
  return elapsedMs > 0 ? Math.round(((size - before) / elapsedMs) * dayMs) : undefined;
}

function typed(name: string, value: unknown, specs: FactSpecs): [string, unknown] {
  const type = specs[name]?.type;
  if (value === null) return [name, null];
  if (type === 'number' && typeof value === 'number') return [name, value];
  if (type === 'bool' && typeof value === 'boolean') return [name, value];
  if (type === 'string' && typeof value === 'string') return [name, cleanText(value, longestText)];
  const texts = type === 'list' ? list(value) : undefined;
  if (texts !== undefined) return [name, texts.map((text) => cleanText(text, longestText))];
  throw new Unmeasured('invalid_answer', `${name} of the server is not a ${type}`);
}

function list(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}
