import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../../../src/config/model.ts';
import maintenance from '../../../../src/reports/sections/maintenance.ts';
import { opsOf, testClock } from '../../../support/checks.ts';
import { healthOf, service } from '../../../support/health.ts';
import { contextOf } from '../../../support/report-context.ts';
import { checkReport } from '../../../support/reports.ts';

const hour = 3_600_000;

const window = (id: string, cron: string): MaintenanceWindow => ({
  ...{ id, cron, zone: 'UTC', match: { group: 'data' }, forMs: 2 * hour, mode: 'mute' },
});
const anna = { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>', email: undefined };

async function setUp(windows: MaintenanceWindow[] = []) {
  const clock = testClock('2026-11-23T09:00:00Z');
  const checks = [service('db', { group: 'data' }).check];
  const { health } = await healthOf(checks, { clock, maintenance: windows });
  const said = (reports: ReturnType<typeof checkReport>[] = [], zone = 'UTC') =>
    maintenance.run(
      contextOf({
        ...{ now: clock.now(), reports, zone },
        sources: { health, ops: opsOf(checks, { maintenance: windows }) },
      }),
      maintenance.options.parse({}),
    );
  return { health, said, clock };
}

describe('maintenance', () => {
  it('none says nothing', async () => {
    const { said } = await setUp();
    const result = await said();
    expect(result).toEqual({ title: 'Maintenance', attention: 'none', lines: [] });
  });

  it('windows that are open and that open before the next report, with their times in its zone', async () => {
    const { said } = await setUp([
      window('now', '0 8 * * *'),
      window('tonight', '0 22 * * *'),
      window('in-three-days', '0 10 26 11 *'),
    ]);
    const { lines, brief, tables } = await said([], 'America/New_York');
    expect(lines.map(({ text }) => text)).toEqual([
      'now: group data until Mon 23 Nov 05:00 EST',
      'tonight: group data from Mon 23 Nov 17:00 EST to Mon 23 Nov 19:00 EST',
      'now: group data from Tue 24 Nov 03:00 EST to Tue 24 Nov 05:00 EST',
    ]);
    expect(brief).toBe('in maintenance: now · maintenance to come: tonight, now');
    expect(tables![0]!.rows).toHaveLength(3);
  });

  it('what people muted or work on, with who and why', async () => {
    const { health, said } = await setUp();
    const asker = { actor: anna, request: 'ABC123' } as Parameters<typeof health.muteCheck>[0];
    await health.muteCheck(asker, { checkId: 'db', forMs: hour });
    await health.beginMaintenance(asker, {
      ...{ target: { kind: 'group', id: 'data' }, forMs: 2 * hour, mode: 'skip', reason: 'moving *hosts*' },
    });
    const { lines, brief, attention } = await said();
    expect(lines.map(({ text }) => text)).toEqual([
      'check db muted by @anna until Mon 23 Nov 10:00 UTC',
      'group data maintenance by @anna: moving *hosts* (not measured) until Mon 23 Nov 11:00 UTC',
    ]);
    expect([brief, attention]).toEqual(['in maintenance: data · muted: db', 'none']);
  });

  it('what AWS has pending is told once more in the thread alone; what was not read is unknown there', async () => {
    const { said } = await setUp();
    const { lines, brief } = await said([
      checkReport('main', {
        type: 'rds',
        facts: { maintenance_read: true, pending_maintenance: ['main os-upgrade on 2026-11-24'] },
      }),
      checkReport('cache', { type: 'elasticache', facts: { updates_read: true, service_updates: [] } }),
      checkReport('blind', { type: 'rds', facts: { maintenance_read: false, pending_maintenance: null } }),
    ]);
    expect(lines.map(({ mark, text, threadOnly }) => [mark, text, threadOnly])).toEqual([
      ['unknown', 'blind: maintenance could not be read', true],
      ['info', 'main: maintenance pending: main os-upgrade on 2026-11-24', true],
    ]);
    expect(brief).toBe('pending in AWS: 1');
  });
});
