import type { Condition } from '../../src/conditions/model.ts';
import type { Check, Ops } from '../../src/config/model.ts';
import type { Health } from '../../src/health/health.ts';
import type { FactSpecs } from '../../src/kernel/check.ts';
import { momentsOfDay } from '../../src/kernel/wall-clock.ts';
import type { Store } from '../../src/store/store.ts';
import { checkOf } from './checks.ts';
import { healthOf } from './health.ts';
import { conditionsOf } from './judging.ts';

const minute = 60_000;
const dayMs = 86_400_000;
/** Three samples an hour: what makes an hour count. */
const minutes = [5, 25, 45];

/** A clock that is set to moments. */
export function setClock() {
  let now = new Date('2026-10-20T00:00:00Z').getTime();
  return {
    now: () => new Date(now),
    set: (at: number) => {
      now = at;
    },
    move: (ms: number) => {
      now += ms;
    },
  };
}

const specs: FactSpecs = { requests: { type: 'number', help: 'how many' } };

export function usualRules(...rules: string[]): Condition[] {
  return conditionsOf(rules, specs);
}

/** The rules of a shop whose requests should be about as many as usual. */
export const asUsual = ['requests > 2 * baseline(requests)', 'requests < 0.5 * baseline(requests)'];

/** A shop that counts its requests, every five minutes; undefined = it does not say. */
export function shopCheck(count: () => number | undefined, over: Partial<Check> = {}): Check {
  const check = checkOf(async () => ({ facts: { requests: count() } }), {
    ...{ id: 'shop', everyMs: 5 * minute, staleAfterMs: dayMs, warn: usualRules(...asUsual) },
    ...over,
  });
  return { ...check, definition: { ...check.definition, facts: () => specs } };
}

/** Milliseconds at which the wall clock of a zone first shows a time of a day, or a later one. */
export function localTime(zone: string, day: string, hour: number, minutes = 0): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return momentsOfDay(zone, midnight)(midnight + (hour * 60 + minutes) * minute);
}

/** `2026-10-20` and so many days on. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** A shop in Berlin with its past, over a store. */
export async function shopOf(
  store: Store,
  { check = {}, ops = {} }: { check?: Partial<Check>; ops?: Partial<Ops> } = {},
) {
  const zone = 'Europe/Berlin';
  const clock = setClock();
  const counted: { requests: number | undefined } = { requests: 0 };
  const team = { name: 'Test', zone, holidays: [] };
  const { health } = await healthOf([shopCheck(() => counted.requests, check)], { team, ...ops, store, clock });

  /** A regular run with so many requests. */
  async function measured(at: number, requests: number | undefined, by: Health = health) {
    clock.set(at);
    counted.requests = requests;
    await by.regular(['shop']);
    return (await by.last({ kind: 'check', id: 'shop' })).checks[0]!;
  }
  return {
    ...{ health, clock, zone, measured },
    /** An hour that counts, with the same number three times. */
    async hour(day: string, hour: number, requests: number | undefined, by?: Health) {
      for (const each of minutes) await measured(localTime(zone, day, hour, each), requests, by);
    },
    /** Another replica, or the same one after a restart. */
    async beside(over: Partial<Check> = {}, otherStore = store): Promise<Health> {
      const other = shopCheck(() => counted.requests, { ...check, ...over });
      return (await healthOf([other], { team, ...ops, store: otherStore, clock })).health;
    },
    /** What is usual now. */
    usual: async (by: Health = health) => (await by.details('shop')).usual,
  };
}

/** What is known as usual of the requests. */
export function usually(median: number, days: number) {
  return [{ fact: 'requests', kind: 'known', median, days }];
}

/** It is not known yet, after so many days. */
export function notYet(days: number) {
  return [{ fact: 'requests', kind: 'not_yet', days, needs: 3 }];
}

/** No check has a past. */
export async function forget(store: Store): Promise<void> {
  await store.pool.query('truncate check_state, check_result, check_transition, check_usual, silence');
}
