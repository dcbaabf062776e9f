import type { CompileCondition } from '../conditions/model.ts';
import { byLine, readDocument } from '../config/document.ts';
import { parseLeniently } from '../config/lenient.ts';
import type { Mistake } from '../config/mistake.ts';
import type { Check, ConfigProblem } from '../config/model.ts';
import { ConfigError } from '../config/problems.ts';
import { identifier } from '../config/schema/scalars.ts';
import type { FileText } from '../live/folder.ts';
import type { Auto, Checklist, Item } from './model.ts';
import { type ChecklistFile, checklistFile } from './schema.ts';

/** What can't name a checklist: it is what people do with one. */
export const verbWords = ['done', 'leave-out', 'reopen', 'note', 'attest', 'close', 'again', 'list', 'start'] as const;

/** What conditions are compiled against: the checks of ops.yml. */
export interface Compiling {
  checks: readonly Pick<Check, 'id' | 'definition' | 'target'>[];
  compile: CompileCondition;
}

/** A checklist from its file. Throws `ConfigError` with every problem of it, with file and line. */
export function readChecklist({ id, file, text, own }: FileText, against: Compiling): Checklist {
  const { value: raw, syntax, problemOf } = readDocument(text, file, 'a map with title and items');
  const read = parseLeniently(checklistFile, raw, []);
  const found =
    read.value === undefined ? [] : [...doubles(read.value), ...(own ? badConditions(read.value, against) : [])];
  const mistakes = [...read.mistakes, ...found];
  const problems: ConfigProblem[] = [...syntax, ...mistakes.map(problemOf), ...wrongName(id, file)];
  if (problems.length > 0 || read.value === undefined) throw new ConfigError(byLine(problems));
  return checklistOf(id, read.value);
}

function wrongName(id: string, file: string): ConfigProblem[] {
  const named = identifier.safeParse(id);
  const found = `a file named "${id}.yml"`;
  if (!named.success) {
    const allowed = `a name such as morning.yml: ${named.error.issues[0]?.message ?? 'an id'}`;
    return [{ file, path: '', found, allowed }];
  }
  if (!verbWords.some((word) => word === id)) return [];
  return [{ file, path: '', found, allowed: `another name: \`/ops checklist ${id}\` means something else` }];
}

function doubles({ items }: ChecklistFile): Mistake[] {
  const seen = new Set<string>();
  return items.flatMap(({ id }, at) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path: ['items', at, 'id'], found: `"${id}" again`, allowed: 'an id of its own' }];
  });
}

/**
 * Of a check that there is: without one the item is for a person, and its condition for nobody. One of a shipped file that does
 * not fit the operator's check of that name is no mistake of theirs: it is unknown when it is measured.
 */
function badConditions({ items }: ChecklistFile, against: Compiling): Mistake[] {
  return items.flatMap(({ auto }, at) => {
    if (auto?.check === undefined || auto.when === undefined) return [];
    const compiled = compiledWhen({ of: auto.check, when: auto.when }, against);
    return compiled === undefined || compiled.ok ? [] : [{ path: ['items', at, 'auto', 'when'], ...compiled.problem }];
  });
}

/** The condition of an item over the facts of its check; undefined when ops.yml has no such check, or it has none. */
export function compiledWhen(
  { of, when }: Pick<Auto, 'of' | 'when'>,
  { checks, compile }: Compiling,
): ReturnType<CompileCondition> | undefined {
  const check = checks.find(({ id }) => id === of);
  if (!check || when === undefined) return undefined;
  return compile({ when }, check.definition.facts(check.target));
}

function checklistOf(id: string, file: ChecklistFile): Checklist {
  const { due, chase, items, expected, title, summary, owner, channel, schedule, missed, attest } = file;
  return {
    ...{ id, title, schedule, missed, attest },
    ...(summary !== undefined && { summary }),
    ...(owner !== undefined && { owner }),
    ...(channel !== undefined && { channel }),
    ...(expected !== undefined && { expectedMs: expected }),
    due: 'within' in due ? { withinMs: due.within } : due,
    chase: { afterMs: chase.after, hours: chase.hours },
    items: items.map(itemOf),
  };
}

function itemOf(file: ChecklistFile['items'][number]): Item {
  const { id, title, how, section, owner, expected, evidence, optional, not_applicable, auto } = file;
  return {
    ...{ id, title, evidence, optional, mayBeLeftOut: not_applicable },
    ...(how !== undefined && { how }),
    ...(section !== undefined && { section }),
    ...(owner !== undefined && { owner }),
    ...(expected !== undefined && { expectedMs: expected }),
    ...(auto && { auto: autoOf(auto) }),
  };
}

function autoOf({ check, group, type, when, warn }: NonNullable<ChecklistFile['items'][number]['auto']>): Auto {
  const named =
    check !== undefined
      ? (['check', check] as const)
      : group !== undefined
        ? (['group', group] as const)
        : (['type', type ?? ''] as const);
  return { by: named[0], of: named[1], warn, ...(when !== undefined && { when }) };
}
