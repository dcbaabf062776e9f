import type { Check } from '../../config/model.ts';
import { asOne, type Spent } from '../../health/spent.ts';
import { type CalendarPeriod, periodAt } from '../calendar.ts';
import type { SectionContext } from '../section.ts';
import { type Budget, budgetOf } from './budget.ts';
import { type Level, levelOf } from './latency.ts';
import type { Objective, SloOptions } from './schema.ts';

/** An objective in one period, as it stands. */
export interface Read {
  objective: Objective;
  label: string;
  unit: string | undefined;
  owner: string | undefined;
  period: CalendarPeriod;
  isOver: boolean;
  found:
    | { kind: 'uptime'; percent: number; budget: Budget; lately: number | undefined }
    | { kind: 'level'; level: Level };
}

interface Wanted {
  objective: Objective;
  checks: Check[];
  label: string;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** All objectives in their periods, and why some can't be told. */
export async function readObjectives(
  ctx: Pick<SectionContext, 'sources' | 'from' | 'now' | 'zone' | 'signal'>,
  options: SloOptions,
): Promise<{ read: Read[]; missing: string[] }> {
  const { wanted, missing } = wantedOf(ctx.sources.ops, options);
  const read: Read[] = [];
  for (const [kind, back] of [
    ['month', 0],
    ['week', 0],
    ['month', 1],
    ['week', 1],
  ] as const) {
    const period = periodAt(kind, { now: ctx.now, zone: ctx.zone, back });
    // The first report after its end tells of a period as a whole.
    if (back > 0 && !(options.before ?? ctx.from <= period.to)) continue;
    const those = wanted.filter(({ objective }) => objective.period === kind);
    if (those.length > 0) read.push(...(await readPeriod(ctx, those, period)));
  }
  return { read, missing };
}

function wantedOf(ops: SectionContext['sources']['ops'], { objectives, groups }: SloOptions) {
  const named = new Set(objectives.flatMap(({ group, uptime }) => (uptime === undefined ? [] : (group ?? []))));
  const ofGroups = [...ops.groups.values()].flatMap(({ id, sloPercent }): Objective[] =>
    sloPercent === undefined || named.has(id) || !groups ? [] : [{ group: id, uptime: sloPercent, period: 'month' }],
  );
  const missing: string[] = [];
  const wanted = [...objectives, ...ofGroups].flatMap((objective): Wanted[] => {
    const { check: checkId, group, fact } = objective;
    const checks = ops.checks.filter(({ id, group: its }) => (checkId === undefined ? its === group : id === checkId));
    const [first] = checks;
    const label = objective.label ?? (fact === undefined ? (checkId ?? group ?? '') : `${checkId} ${fact}`);
    if (first && (fact === undefined || first.definition.facts(first.target)[fact]?.type === 'number'))
      return [{ objective, checks, label }];
    const what = first
      ? `${checkId} has no number "${fact}"`
      : `there is no check ${group === undefined ? `"${checkId}"` : `in group "${group}"`}`;
    missing.push(`${label}: ${what}: correct its objective`);
    return [];
  });
  return { wanted, missing };
}

async function readPeriod(
  { sources, now, signal }: Pick<SectionContext, 'sources' | 'now' | 'signal'>,
  wanted: readonly Wanted[],
  period: CalendarPeriod,
): Promise<Read[]> {
  const { health } = sources;
  const until = new Date(Math.min(now.getTime(), period.to.getTime()));
  const ids = [
    ...new Set(
      wanted.flatMap(({ checks, objective }) => (objective.fact === undefined ? checks.map(({ id }) => id) : [])),
    ),
  ];
  const whole = { from: period.from, to: until };
  const recent = { from: new Date(Math.max(period.from.getTime(), until.getTime() - dayMs)), to: until };
  const none = new Map<string, Spent>();
  const spent = ids.length === 0 ? none : await health.spent(ids, whole);
  // How fast the budget of a period is used that is over is of no use to anybody.
  const isOver = period.to <= now;
  const lately = ids.length === 0 || isOver ? none : await health.spent(ids, recent);
  const levels = wanted.filter(({ objective }) => objective.fact !== undefined);
  const facts = levels.map(({ checks, objective }) => ({ id: checks[0]!.id, fact: objective.fact! }));
  const series = facts.length === 0 ? [] : await health.series(facts, hoursOf(whole));
  const together = async ({ checks }: Wanted, by: Map<string, Spent>, window: typeof whole) => {
    signal.throwIfAborted();
    const each = checks.flatMap(({ id }) => by.get(id) ?? []);
    const bad = each.filter(({ failMs, unknownMs }) => failMs + unknownMs > 0);
    // What one check says alone needs no changes of outcome to be read.
    return asOne(
      each,
      bad.length > 1
        ? await health.together(
            checks.map(({ id }) => id),
            window,
          )
        : undefined,
    );
  };
  const read: Read[] = [];
  for (const each of wanted) {
    const { objective, label, checks } = each;
    const { uptime: percent, fact, target, share } = objective;
    const unit =
      objective.unit ?? (fact === undefined ? '%' : checks[0]!.definition.facts(checks[0]!.target)[fact]?.unit);
    const owner =
      objective.owner ??
      (objective.group === undefined ? checks[0]!.owner : sources.ops.groups.get(objective.group)?.owner);
    const base = { objective, label, unit, owner, period, isOver };
    if (percent !== undefined) {
      const budget = budgetOf(await together(each, spent, whole), { percent, period, now });
      const last = isOver ? undefined : budgetOf(await together(each, lately, recent), { percent, period, now }).burn;
      read.push({ ...base, found: { kind: 'uptime', percent, budget, lately: last } });
    } else if (target) {
      read.push({
        ...base,
        found: { kind: 'level', level: levelOf(series[levels.indexOf(each)]!, { target, share }) },
      });
    }
  }
  return read;
}

function hoursOf({ from, to }: { from: Date; to: Date }): Date[] {
  const count = Math.ceil((to.getTime() - from.getTime()) / hourMs);
  return [...Array.from({ length: count }, (_, at) => new Date(from.getTime() + at * hourMs)), to];
}
