import { beforeAll, expect, it } from 'vitest';
import { checksPastOf } from '../../../src/checks-past.ts';
import { stretchesBetween } from '../../../src/health/between.ts';
import type { Trend } from '../../../src/health/periods.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { embeddedStore } from '../../support/store.ts';

const at = (time: string) => new Date(`2026-11-23T${time}:00Z`);
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
  const changes = [
    ['api', '01:00', 'ok'],
    ['api', '02:30', 'fail'],
    ['api', '04:00', 'warn'],
    ['api', '05:00', 'ok'],
    // Since long before, and still.
    ['tls', '00:10', 'warn'],
    ['db', '02:10', 'muted'],
    ['late', '06:30', 'fail'],
    ['early', '00:20', 'fail'],
    ['early', '01:50', 'ok'],
  ];
  for (const [id, time, outcome] of changes)
    await store.pool.query('insert into check_transition (check_id, at, to_outcome, reason) values ($1, $2, $3, $4)', [
      id,
      at(time!),
      outcome,
      `${id} is ${outcome}`,
    ]);
});

it('what was not ok between two moments is cut to them, and in order', async () => {
  const found = await stretchesBetween(store, { from: at('02:00'), to: at('06:00') });
  expect(found.map(({ id, outcome, from, to }) => [id, outcome, from, to])).toEqual([
    ['tls', 'warn', at('02:00'), at('06:00')],
    ['api', 'fail', at('02:30'), at('04:00')],
    ['api', 'warn', at('04:00'), at('05:00')],
  ]);
  expect(found[0]?.reason).toBe('tls is warn');
});

it('pictures end with the incident, are of the shortest period that holds it, and leave out what is not there', async () => {
  const asked: unknown[] = [];
  const points = [1, 2].map((value) => ({ at: at('03:00'), value }));
  const trend = {
    id: 'api',
    fact: 'latency_ms',
    limits: [],
    stretches: [],
    points,
    from: at('01:00'),
    to: at('06:00'),
  };
  const health = {
    between: async () => [],
    trend: async (id: string, period: string, until?: Date) => {
      asked.push([id, period, until]);
      if (id === 'gone') throw new OpsError('not_found', 'no');
      const shown = { ...trend, period, points: id === 'flat' ? [] : points, spentMs: {}, unmeasuredMs: 0 };
      return shown as unknown as Trend;
    },
  };
  const charts = { busy: false, draw: async (all: readonly unknown[]) => all.map(() => Buffer.from('png')) };
  const past = checksPastOf(health, { charts, zone: 'UTC' });
  const span = { from: new Date('2026-11-21T00:00:00Z'), to: at('06:00') };
  const pictures = await past.pictures(['api', 'gone', 'flat'], span, new AbortController().signal);
  expect(pictures.map(({ name }) => name)).toEqual(['api-7d.png']);
  expect(asked).toEqual(['api', 'gone', 'flat'].map((id) => [id, '7d', at('06:00')]));
});
