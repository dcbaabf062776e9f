import type { CheckReport } from '../../health/model.ts';
import { figure, isMeasured, listOf, numberOf, textOf } from './facts.ts';

/** One service of one account on the newest whole day. */
interface ServiceCost {
  /** Names it among the values of a report. */
  key: string;
  service: string;
  amount: number;
  check: string;
}

/** The services that cost most; the check writes `Amazon RDS 12.30`. Pure. */
export function servicesOf(check: CheckReport): ServiceCost[] {
  return (listOf(check, 'top') ?? []).flatMap((text) => {
    const [, service, amount] = /^(.+) (-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
    if (service === undefined) return [];
    return [{ key: `${check.id}/${service}`, service, amount: Number(amount), check: check.id }];
  });
}

/** `costs 412.2 USD this month (82 % of 500)`: of several checks the sum, where they count in one currency. Pure. */
export function costBrief(checks: readonly CheckReport[]): string {
  const months = checks.map((check) => (isMeasured(check) ? numberOf(check, 'month_to_date') : null));
  const currencies = new Set(checks.map((check) => textOf(check, 'currency') ?? ''));
  const month = sum(months);
  if (month === null || checks.length === 0 || currencies.size > 1) return 'costs unknown';
  const budget = sum(checks.map((check) => numberOf(check, 'budget')));
  const of = budget === null || budget === 0 ? '' : ` (${Math.round((month / budget) * 100)} % of ${figure(budget)})`;
  return `costs ${figure(month)} ${[...currencies][0] ?? ''} this month${of}`;
}

/** What the next report compares with. Pure. */
export function costValues(checks: readonly CheckReport[]): Record<string, number> {
  const amounts = checks.flatMap((check) =>
    ['day_cost', 'month_to_date'].flatMap((name) => {
      const value = numberOf(check, name);
      return value === null ? [] : [[`${check.id}.${name}`, value] as const];
    }),
  );
  const services = checks.flatMap((check) => servicesOf(check).map(({ key, amount }) => [key, amount] as const));
  return Object.fromEntries([...amounts, ...services]);
}

/** Costs that are not known though their check is ok. Pure. */
export function unknownCosts(checks: readonly CheckReport[]): string[] {
  return checks
    .filter((check) => check.outcome === 'ok' && numberOf(check, 'month_to_date') === null)
    .map((check) => `${check.id}: the costs of this month are not known`);
}

/** Null as soon as one is not known. */
function sum(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((total, amount) => (total === null || amount === null ? null : total + amount), 0);
}
