import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/store.ts';
import { bad, service } from '../../../support/health.ts';
import { reportRoom } from '../../../support/report-room.ts';
import { embeddedStore } from '../../../support/store.ts';

const sections = [
  ...['security', 'backups', 'certificates', 'heartbeats', 'checklists', 'compliance', 'cost', 'audit-review'],
  'changes-log',
];
const estate = `title: Estate\nschedule: "09:00"\nsections: [${sections.join(', ')}]\n`;

describe('a report of the estate', () => {
  let store: Store;
  beforeAll(async () => {
    store = await embeddedStore();
  });
  afterAll(() => store.close());

  it('is one line where nothing of it is configured', async () => {
    const room = await reportRoom(store, { files: { estate }, checks: [service('web').check] });
    await room.pass(60_000);
    expect(room.said()).toHaveLength(1);
    expect(room.said()[0]?.split('\n')[0]).toBe('🟢 *Estate · Mon 23 Nov 09:00 UTC* — 1/1 ok · audit as recorded');
  });

  it('counts what fails beside what is well, and never as well', async () => {
    const tls = { ...service('www').check, type: 'tls', fail: bad };
    const job = service('nightly-backup');
    job.state.status = 500;
    const checks = [tls, { ...job.check, type: 'heartbeat' }];
    const room = await reportRoom(store, { files: { estate }, checks });
    await room.pass(60_000);
    const [text = ''] = room.said();
    expect(text).toContain('✓ audit as recorded\n• backups 0/1 (1 fail) · jobs 0/1 (1 fail)');
    expect(text).toContain('*Certificates*  ⚪ unknown: www: the days left are not known');
    const [{ last } = {}] = await room.reports.list();
    const report = await room.reports.find(last?.id ?? 0);
    expect(report.content.sections.map(({ name }) => name)).toEqual(sections);
  });
});
