import type { CompileCondition } from '../conditions/model.ts';
import type { CheckType } from '../kernel/check.ts';
import { pickType, readTarget } from './check-type.ts';
import { parseLeniently } from './lenient.ts';
import { isMap, type Mistake, type Path, type Read } from './mistake.ts';
import type { Check, Group } from './model.ts';
import { shown } from './redact.ts';
import { compileRules } from './rules.ts';
import { checkFieldNames, checkFields, type Timing } from './schema/checks.ts';
import { judgeTiming, judgeUsual, resolveTiming } from './timing.ts';

/** What a check is read against. */
export interface CheckContext {
  types: ReadonlyMap<string, CheckType>;
  compile: CompileCondition;
  defaults: Timing;
  groups: ReadonlyMap<string, Group>;
}

/** An entry of `checks` as far as it could be read; `check` only when nothing was wrong with it. */
export interface CheckEntry {
  path: Path;
  id?: string;
  group?: string;
  dependsOn: string[];
  /** Whether `depends_on` was written as a list. */
  dependsOnList: boolean;
  check?: Check;
}

/** Reads the section `checks`, entry by entry; every entry reports all of its mistakes. */
export function readChecks(raw: unknown, context: CheckContext): Read<CheckEntry[]> {
  const path = ['checks'];
  if (!Array.isArray(raw) || raw.length === 0) {
    return { value: [], mistakes: [{ path, found: shown(raw), allowed: 'a list of at least one check' }] };
  }
  const read = raw.map((entry: unknown, at) => readCheck(entry, [...path, at], context));
  return { value: read.map(({ value }) => value), mistakes: read.flatMap(({ mistakes }) => mistakes) };
}

function readCheck(raw: unknown, path: Path, context: CheckContext): Read<CheckEntry> {
  const entry: CheckEntry = { path, dependsOn: [], dependsOnList: false };
  if (!isMap(raw)) {
    return { value: entry, mistakes: [{ path, found: shown(raw), allowed: 'a check: {id: …, TYPE: {…}}' }] };
  }
  const own = Object.fromEntries(Object.entries(raw).filter(([key]) => checkFieldNames.includes(key)));
  const { value: read, mistakes } = parseLeniently(checkFields, own, path);
  const fields = read ?? {};
  if (raw.id === undefined) mistakes.push({ path, found: 'no id', allowed: 'an id in kebab case such as main-db' });

  const timing = resolveTiming(fields, context.defaults);
  mistakes.push(...judgeTiming(timing, path));

  const picked = pickType(raw, context.types, path);
  mistakes.push(...picked.mistakes);
  const type = picked.value;
  const target = type && readTarget(type, raw[type.type], [...path, type.type]);
  mistakes.push(...(target?.mistakes ?? []));

  const id = fields.id;
  Object.assign(entry, {
    id,
    group: fields.group,
    dependsOn: fields.depends_on ?? [],
    dependsOnList: Array.isArray(raw.depends_on),
  });
  if (type !== undefined && target?.value !== undefined) {
    const sources = {
      type,
      target: target.value.target,
      fields,
      asList: (level: string) => Array.isArray(raw[level]),
      path,
    };
    const rules = compileRules(sources, context.compile);
    mistakes.push(...rules.mistakes, ...judgeUsual(rules.value, timing.everyMs, path));
    const groupId = fields.group ?? 'general';
    const group = context.groups.get(groupId);
    if (id !== undefined && mistakes.length === 0) {
      entry.check = {
        id,
        type: type.type,
        definition: type,
        target: target.value.target,
        group: groupId,
        owner: fields.owner ?? group?.owner,
        runbook: fields.runbook ?? group?.runbook,
        hint: fields.hint,
        ...timing,
        heldForMs: fields.held_for ?? 0,
        dependsOn: entry.dependsOn,
        ...rules.value,
      };
    }
  }
  return { value: entry, mistakes: mistakes.map((mistake): Mistake => ({ ...mistake, check: id })) };
}
