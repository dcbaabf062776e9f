import type { CheckEntry } from './checks.ts';
import { type Mistake, type Path, valueAt } from './mistake.ts';
import { listWithGuess } from './suggest.ts';

/** Ids used twice; the second use is the mistake. */
export function findDuplicates(entries: readonly { id?: string; path: Path }[]): Mistake[] {
  const first = new Map<string, Path>();
  return entries.flatMap(({ id, path }) => {
    if (id === undefined) return [];
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, path);
      return [];
    }
    return [
      { path: [...path, 'id'], found: `id "${id}" again`, allowed: `an id of its own: entry ${at(before)} has it` },
    ];
  });
}

function at(path: Path): string {
  return String(Number(path.at(-1)) + 1);
}

/** A maintenance window as far as it points elsewhere. */
export interface WindowLink {
  path: Path;
  id?: string;
  group?: string;
  check?: string;
}

/** Read from the data as written, so that a window with other mistakes is looked at too. */
export function windowLinks(maintenance: unknown): WindowLink[] {
  if (!Array.isArray(maintenance)) return [];
  return maintenance.map((entry: unknown, position) => {
    const text = (...path: string[]): string | undefined => {
      const value = valueAt(entry, path);
      return typeof value === 'string' ? value : undefined;
    };
    const path = ['maintenance', position];
    return { path, id: text('id'), group: text('match', 'group'), check: text('match', 'check') };
  });
}

/** Groups, checks and windows that are named but not there, and checks that wait for each other. */
export function findBrokenLinks(
  entries: readonly CheckEntry[],
  windows: readonly WindowLink[],
  groupIds: readonly string[],
): Mistake[] {
  const checkIds = [...new Set(entries.flatMap(({ id }) => id ?? []))];
  const group = (id: string | undefined, path: Path) => unknownName('group', id, groupIds, path);
  const check = (id: string | undefined, path: Path) => unknownName('check', id, checkIds, path);
  const ofChecks = entries.flatMap((entry) => [
    ...group(entry.group, [...entry.path, 'group']).map((mistake) => ({ ...mistake, check: entry.id })),
    ...entry.dependsOn.flatMap((id, position) => {
      const path = [...entry.path, 'depends_on', ...(entry.dependsOnList ? [position] : [])];
      return check(id, path).map((mistake) => ({ ...mistake, check: entry.id }));
    }),
  ]);
  const ofWindows = windows.flatMap((window) => [
    ...group(window.group, [...window.path, 'match', 'group']),
    ...check(window.check, [...window.path, 'match', 'check']),
  ]);
  return [...ofChecks, ...ofWindows, ...findCycles(entries)];
}

/** Checks that name an AWS account that isn't there; the bot's own credentials need no name. */
export function findUnknownAccounts(entries: readonly CheckEntry[], accounts: readonly string[]): Mistake[] {
  return entries.flatMap(({ path, check }) => {
    const { type, target, definition } = check ?? {};
    if (type === undefined || !definition?.iam.length) return [];
    const account = valueAt(target, ['account']);
    return unknownName('account', typeof account === 'string' ? account : undefined, accounts, [
      ...path,
      type,
      'account',
    ]).map((mistake) => ({
      ...mistake,
      check: check?.id,
      allowed: mistake.allowed.replace('is configured', 'is in `aws.accounts`'),
    }));
  });
}

/** Contacts whose backup is not there, or is themselves. `on-call` always is. */
export function findBrokenBackups(contacts: Readonly<Record<string, { backup?: string | undefined }>>): Mistake[] {
  const names = [...new Set(['on-call', ...Object.keys(contacts)])];
  return Object.entries(contacts).flatMap(([name, { backup }]) =>
    unknownName(
      'contact',
      backup,
      names.filter((other) => other !== name),
      ['contacts', name, 'backup'],
    ),
  );
}

function unknownName(kind: string, id: string | undefined, known: readonly string[], path: Path): Mistake[] {
  if (id === undefined || known.includes(id)) return [];
  return [{ path, found: `unknown ${kind} "${id}"`, allowed: listWithGuess(id, known) || `no ${kind} is configured` }];
}

/** Each cycle of `depends_on` once, at the entry where it was noticed. */
function findCycles(entries: readonly CheckEntry[]): Mistake[] {
  const byId = new Map(entries.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry] as const])));
  const state = new Map<string, 'open' | 'done'>();
  const mistakes: Mistake[] = [];
  const visit = (id: string, trail: string[]): void => {
    const entry = byId.get(id);
    if (entry === undefined || state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      const cycle = [...trail.slice(trail.indexOf(id)), id].join(' → ');
      const start = byId.get(trail.at(-1) ?? id) ?? entry;
      const path = [...start.path, 'depends_on'];
      mistakes.push({ path, check: start.id, found: `a circle: ${cycle}`, allowed: 'dependencies that end somewhere' });
      return;
    }
    state.set(id, 'open');
    for (const next of entry.dependsOn) visit(next, [...trail, id]);
    state.set(id, 'done');
  };
  for (const id of byId.keys()) visit(id, []);
  return mistakes;
}
