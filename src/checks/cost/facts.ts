import { type Rules, Unmeasured } from '../../kernel/check.ts';
import { withUnread } from '../aws/unread.ts';
import { tenth } from '../aws/worst.ts';
import { few } from '../facts/few.ts';
import type { CostDay, Costs } from './read.ts';

const dayMs = 86_400_000;
/** Costs of a day are whole two days later; until then they only look low. */
const wholeAfterDays = 2;
/** Charged once a month, so no day of it compares with another. */
const monthly = /^Tax$|\bSupport\b/i;
const mostServices = 5;

export interface CostLimits {
  over_pct: number;
  average_days: number;
  min_change: number;
  budget?: number | undefined;
}

export const costFacts = withUnread({
  day: { type: 'string', help: 'the newest day whose costs are whole (UTC), two days ago' },
  day_cost: { type: 'number', help: 'costs of that day, without tax and support, credits and refunds; amortized' },
  average_cost: { type: 'number', help: 'average of the `average_days` before it' },
  over_average_pct: {
    type: 'number',
    unit: '%',
    help: 'by how much the day is over the average; negative = under; null where the average is 0',
  },
  top: { type: 'list', help: `the ${mostServices} services that cost most that day: \`Amazon RDS 12.30\`` },
  rising: {
    type: 'list',
    help: 'services over their own average by `over_pct` and `min_change`, the largest rise first: `Amazon RDS 30.10 (average 20.00)`',
  },
  month_to_date: { type: 'number', help: 'costs of this month (UTC) until now, tax and support with them' },
  budget: { type: 'number', help: 'the budget of a month; null without one' },
  budget_pct: { type: 'number', unit: '%', help: 'month to date, of the budget' },
  forecast: { type: 'number', help: 'what AWS expects the whole month to cost; null without a budget, or if not read' },
  forecast_pct: { type: 'number', unit: '%', help: 'forecast, of the budget' },
  currency: { type: 'string', help: 'of all costs: `USD`' },
  age_h: { type: 'number', unit: 'h', help: 'since Cost Explorer was asked; it is asked every 12 h' },
  calls_today: {
    type: 'number',
    help: 'calls of today (UTC) that were paid for, all checks of the account on all replicas; $0.01 each',
  },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
});

export function costRules({ over_pct, average_days, min_change, budget }: CostLimits): Partial<Rules> {
  const factor = 1 + over_pct / 100;
  const ofBudget = `(budget ${budget})`;
  const over = cents((budget ?? 0) * factor);
  return {
    fail: [
      ...(budget === undefined
        ? []
        : [
            {
              when: `month_to_date > ${over}`,
              say: `{month_to_date} {currency} this month ${ofBudget}, {budget_pct}: see what rises: {rising}`,
            },
          ]),
    ],
    warn: [
      {
        when: `day_cost > average_cost * ${factor} && day_cost - average_cost > ${min_change}`,
        say: `{day_cost} {currency} on {day}, {average_cost} a day in the ${average_days} days before (limit ${over_pct} % over): {rising}`,
      },
      ...(budget === undefined
        ? []
        : [
            {
              when: `month_to_date > ${budget}`,
              say: `{month_to_date} {currency} this month ${ofBudget}, {budget_pct}`,
            },
            {
              when: `forecast > ${over}`,
              say: `{forecast} {currency} expected this month ${ofBudget}, {forecast_pct}: see what rises: {rising}`,
            },
          ]),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}

export const dayOf = (at: Date, offsetDays = 0) =>
  new Date(at.getTime() + offsetDays * dayMs).toISOString().slice(0, 10);

/** The first day that is needed: of the month, or of the average. */
export function firstDay(at: Date, averageDays: number): string {
  const averageFrom = dayOf(at, -wholeAfterDays - averageDays);
  const monthFrom = monthStart(at);
  return averageFrom < monthFrom ? averageFrom : monthFrom;
}

export const monthStart = (at: Date) => `${at.toISOString().slice(0, 7)}-01`;

/** The first day of the next month. */
export function monthEnd(at: Date): string {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

/** What costs that were read `at` say. Throws Unmeasured when the day or its past is not there. */
export function dayFacts({ days, currency }: Costs, { over_pct, average_days, min_change }: CostLimits, at: Date) {
  const wanted = Array.from({ length: average_days + 1 }, (_, i) => dayOf(at, -wholeAfterDays - i));
  const [day, ...before] = wanted.map((name) => days.find((each) => each.day === name));
  if (!day || before.includes(undefined) || day.services.size === 0)
    throw new Unmeasured(
      'empty',
      `Cost Explorer has no costs of ${wanted[0]}, or not of the ${average_days} days before`,
      {
        next: 'turn Cost Explorer on for this account, or lower average_days; a new account has costs after a day',
      },
    );
  const past = before.filter((each) => each !== undefined);
  const comparable = (each: CostDay) =>
    sum([...each.services].filter(([name]) => !monthly.test(name)).map(([, cost]) => cost));
  const average = sum(past.map(comparable)) / past.length;
  const cost = comparable(day);
  const averageOf = (service: string) => sum(past.map(({ services }) => services.get(service) ?? 0)) / past.length;
  const rising = [...day.services]
    .filter(([name]) => !monthly.test(name))
    .map(([name, now]) => ({ name, now, usual: averageOf(name) }))
    .filter(({ now, usual }) => now > usual * (1 + over_pct / 100) && now - usual > min_change)
    .toSorted((a, b) => b.now - b.usual - (a.now - a.usual));
  const top = [...day.services].toSorted(([, a], [, b]) => b - a).slice(0, mostServices);
  return {
    day: day.day,
    day_cost: cents(cost),
    average_cost: cents(average),
    over_average_pct: average === 0 ? null : tenth((cost / average - 1) * 100),
    top: few(top.map(([name, amount]) => `${name} ${amount.toFixed(2)}`)),
    rising: few(rising.map(({ name, now, usual }) => `${name} ${now.toFixed(2)} (average ${usual.toFixed(2)})`)),
    currency,
  };
}

/** Costs of the month that `at` is in; `until` is not part of it. */
export function monthCosts({ days }: Costs, at: Date, until: string): number {
  const ofMonth = days.filter(({ day }) => day >= monthStart(at) && day < until);
  return sum(ofMonth.flatMap(({ services }) => [...services.values()]));
}

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
export const cents = (amount: number) => Math.round(amount * 100) / 100;
