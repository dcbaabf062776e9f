import { describe, expect, it } from 'vitest';
import health from '../../../commands/health.ts';
import type { Scope } from '../../../src/health/health.ts';
import { permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext } from '../../../src/kernel/command.ts';
import type { Services } from '../../../src/services.ts';
import { viewersOnly } from '../../support/access.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { healthReport } from '../../support/reports.ts';

const checks = [
  { id: 'api', group: 'api' },
  { id: 'api-metrics', group: 'api' },
  { id: 'main-db', group: 'data' },
];

/** Runs `health …` and tells which scope it measured. */
async function measured(...args: string[]): Promise<Scope | undefined> {
  let asked: Scope | undefined;
  const services = {
    ops: { checks },
    health: {
      async *measure({ scope }: { scope: Scope }) {
        asked = scope;
        if (scope.kind !== 'check') yield healthReport([]);
      },
    },
  } as unknown as Services;
  const ctx: CommandContext<Services> = {
    services,
    actor: { id: 'slack:U1', name: 'anna', mention: '<@U1>' },
    clock: { now: () => new Date(0) },
    log: memoryLog(),
    request: 'ABC123',
    face: 'slack',
    signal: new AbortController().signal,
    ...permissionsOf(viewersOnly, { id: 'slack:U1' }),
  };
  const replies = health.run(ctx, args);
  if (Symbol.asyncIterator in replies) for await (const reply of replies) reply.slack();
  return asked;
}

describe('what /ops health is asked about', () => {
  it.each<[string[], Scope]>([
    [[], { kind: 'all' }],
    [['data'], { kind: 'group', id: 'data' }],
    [['api'], { kind: 'group', id: 'api' }],
    [['api/api'], { kind: 'check', id: 'api' }],
    [['main-db'], { kind: 'check', id: 'main-db' }],
    [['Main-DB'], { kind: 'check', id: 'main-db' }],
    [['--chart'], { kind: 'all' }],
    [['data', '--chart'], { kind: 'group', id: 'data' }],
    [['--chart', 'data'], { kind: 'group', id: 'data' }],
    [['--chart=7d', 'main-db'], { kind: 'check', id: 'main-db' }],
    [['main-db', '--chart', '30d'], { kind: 'check', id: 'main-db' }],
  ])('%j is %j', async (args, scope) => {
    expect(await measured(...args)).toEqual(scope);
  });

  it.each<[string[], string, string]>([
    [['main-dv'], 'There is no group or check "main-dv"', 'Did you mean main-db?'],
    [['dta/main-db'], 'There is no group or check "dta/main-db"', 'Did you mean data/main-db?'],
    [['nope'], 'There is no group or check "nope"', 'Groups: api, data. Checks: api, api-metrics, main-db.'],
    [['--jsn'], 'There is no option --jsn', 'usage: health [GROUP | CHECK] [--chart [24h | 7d | 30d]]'],
    [['--chart', '2d'], 'There is no period "2d" to draw', 'use 24h, 7d, 30d'],
    [['--chart=week'], 'There is no group or check "week"', 'Groups: api, data. Checks: api, api-metrics, main-db.'],
    [['api', '--chart', '7d', 'now'], '"now" is too much', 'usage: health [GROUP | CHECK] [--chart [24h | 7d | 30d]]'],
    [['api', 'now'], '"now" is too much', 'usage: health [GROUP | CHECK] [--chart [24h | 7d | 30d]]'],
  ])('%j is refused with what is possible', async (args, message, hint) => {
    await expect(measured(...args)).rejects.toMatchObject({ message, hint });
  });
});
