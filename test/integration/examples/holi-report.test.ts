import { beforeAll, describe, expect, it } from 'vitest';
import { type Example, exampleOf } from '../../support/figures.ts';
import { contextOf } from '../../support/report-context.ts';
import { checkReport } from '../../support/reports.ts';

let holi: Example;
beforeAll(async () => {
  holi = await exampleOf('holi');
});

describe('the morning report of Holi', () => {
  const facts: Record<string, object> = {
    'latency-p95': { value: 287.3 },
    'error-rate': { value: 0.31 },
    'main-db': { connections_active: 12 },
    replica: { lag_bytes: 0, receiver: 'streaming' },
  };

  async function morning(over: Record<string, object> = {}) {
    const { checks } = holi.read.ops;
    const now = new Date('2026-11-23T09:00:00Z');
    const reports = checks.map(({ id, group, type }) =>
      checkReport(id, { group, type, at: now, facts: { ...facts[id] }, ...over[id] }),
    );
    const ctx = contextOf({ checks, reports, now });
    const lines = holi.read.reports
      .all()
      .get('morning')!
      .sections.filter(({ section }) => section.name === 'lines');
    const made = await Promise.all(lines.map(({ section, options }) => section.run(ctx, options)));
    return made.flatMap((one) => [one.title, ...one.lines.map(({ text }) => text)]);
  }

  it('has the shape of the manual’s template', async () => {
    expect(await morning()).toEqual([
      ...['✅ System Health:', 'All systems operational', '✅ Key Metrics:'],
      ...['- API latency p95: 287ms ✓', '- Error rate: 0.3% ✓', '- Database connections: 12/25 ✓'],
      ...['- Replication lag: Up to date ✓', '✅ Security:', 'No unusual activity'],
    ]);
  });

  it.each([
    [{ 'latency-p95': { facts: { value: 500 } } }, '- API latency p95: 500ms ✗'],
    [{ 'error-rate': { facts: { value: 1 } } }, '- Error rate: 1% ✗'],
    [{ 'main-db': { facts: { connections_active: 20 } } }, '- Database connections: 20/25 ✗'],
    [
      { replica: { facts: { lag_bytes: 2 ** 20, receiver: 'streaming' } } },
      '- Replication lag: 1 MiB, receiver streaming ✗',
    ],
    // All that it received is replayed, and nothing comes any more.
    [{ replica: { facts: { lag_bytes: 0, receiver: 'down' } } }, '- Replication lag: 0 bytes, receiver down ✗'],
    [{ 'audit-events': { outcome: 'fail', reason: '140 failed logins' } }, 'audit-events: 140 failed logins'],
  ])('says what is not so: %j', async (over, line) => {
    expect((await morning(over)).join('\n')).toContain(line);
  });
});
