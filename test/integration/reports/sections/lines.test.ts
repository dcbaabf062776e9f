import { beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/config/model.ts';
import type { CheckReport } from '../../../../src/health/model.ts';
import type { FactSpecs } from '../../../../src/kernel/check.ts';
import { reportSections } from '../../../../src/registry.ts';
import { makeReport } from '../../../../src/reports/make.ts';
import type { ReportPorts } from '../../../../src/reports/ports.ts';
import { reportReader } from '../../../../src/reports/read.ts';
import type { Sources } from '../../../../src/reports/section.ts';
import lines from '../../../../src/reports/sections/lines.ts';
import { reportPost } from '../../../../src/reports/views/slack.ts';
import type { Store } from '../../../../src/store/store.ts';
import { checkOf, opsOf } from '../../../support/checks.ts';
import { asker, roomOf } from '../../../support/incidents.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { contextOf } from '../../../support/report-context.ts';
import { checkReport, healthReport } from '../../../support/reports.ts';
import { embeddedStore } from '../../../support/store.ts';

const now = new Date('2026-11-23T09:00:00Z');

function checkWith(id: string, specs: FactSpecs, over: Partial<Check> = {}): Check {
  const check = checkOf(async () => ({ facts: {} }), { id, staleAfterMs: 300_000, ...over });
  return { ...check, definition: { ...check.definition, facts: () => specs } };
}

const number = (unit?: string) => ({ type: 'number' as const, help: '', ...(unit !== undefined && { unit }) });
const checks = [
  checkWith('api', { p95_ms: number('ms'), errors_percent: number('%') }),
  checkWith('main-db', { connections: number(), max: number(), free: number('bytes') }),
  checkWith('replica', { lag_bytes: number('bytes') }, { group: 'data' }),
  checkWith('logins', { failed: number() }, { group: 'security' }),
];
const reported = (over: Record<string, Partial<CheckReport>> = {}) => [
  checkReport('api', { facts: { p95_ms: 287, errors_percent: 0.3 }, at: now, ...over.api }),
  checkReport('main-db', { facts: { connections: 12, max: 25, free: 1_610_612_736 }, at: now, ...over['main-db'] }),
  checkReport('replica', { group: 'data', facts: { lag_bytes: 0 }, at: now, ...over.replica }),
  checkReport('logins', { group: 'security', facts: { failed: 4 }, at: now, ...over.logins }),
];

/** An operator's file whose report has the lines of the manual. */
const file = `
title: Daily Operations Report
quiet: full
sections:
  - lines:
      title: "{ok} System Health:"
      lines: [{text: All systems operational, ok: all}]
  - overnight: {title: "{ok} Overnight Alerts:", severities: [p1, p2], show: always}
  - lines:
      title: "{ok} Key Metrics:"
      lines:
        - {text: "- API latency p95: {api.p95_ms}ms {ok}", ok: {check: api, when: p95_ms < 500}}
        - {text: "- Error rate: {api.errors_percent}% {ok}", ok: {check: api, when: errors_percent < 1}}
        - {text: "- Database connections: {main-db.connections}/{main-db.max} {ok}", ok: main-db}
        - text: "- Replication lag: Up to date {ok}"
          ok: {check: replica, when: lag_bytes < 1048576}
          else: "- Replication lag: {replica.lag_bytes:unit} {ok}"
  - lines:
      title: "{ok} Security:"
      lines: [{text: No unusual activity, ok: security, else: "{reasons}"}]
  - actions: {title: "🔔 Action Items:", show: always}
`;

let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** What people read of the report in Slack, line by line, without the bold and what comes above and below. */
async function read(reports: CheckReport[], { title = 'quiet night' } = {}) {
  await store.pool.query('truncate check_transition');
  const room = await roomOf(store);
  await room.incidents.declare(asker, { key: 'k', severity: 'P2', title });
  await room.incidents.acknowledge(asker, 1);
  await room.incidents.resolve(asker, { id: 1, words: 'restarted', falseAlarm: true });
  await room.queue.finish();
  room.clock.move(60_000);
  const at = room.clock.now();
  const fresh = reports.map((report) => ({ ...report, at }));
  const ops = opsOf(checks);
  const sources = {
    ...{ ops, store, incidents: room.incidents },
    checklists: { open: async () => [], endedBetween: async () => [] },
  } as unknown as Sources;
  const health = {
    async *measure() {
      yield healthReport(fresh);
    },
  };
  const ports = { ops, health, sources, clock: room.clock, log: memoryLog() } as unknown as ReportPorts;
  const own = reportReader(await reportSections())({ id: 'daily', file: 'daily.yml', text: file, own: true });
  const signal = new AbortController().signal;
  const made = await makeReport(ports, { file: own, previous: undefined, items: new Map(), signal });
  const report = { ...made, id: 1, version: 1, shown: 1 };
  const post = reportPost(report, { now: at, postedAt: at, items: new Map(), nowOf: () => undefined });
  return post.blocks
    .flatMap((block) => (block.type === 'section' ? String((block.text as { text: string }).text).split('\n') : []))
    .slice(1)
    .map((text) => text.replaceAll('*', '').replace(/\s+/g, ' ').trim());
}

describe("the report of an operations manual, by a file of the operator's", () => {
  it('has its lines, one by one', async () => {
    expect(await read(reported())).toEqual([
      '✅ System Health: All systems operational',
      '✅ Overnight Alerts: 0 P1, 1 P2 (resolved)',
      '✅ Key Metrics:',
      '- API latency p95: 287ms ✓',
      '- Error rate: 0.3% ✓',
      '- Database connections: 12/25 ✓',
      '- Replication lag: Up to date ✓',
      '✅ Security: No unusual activity',
      '🔔 Action Items: None',
    ]);
  });

  it('says what is so where that is something else', async () => {
    const bad = reported({
      api: { facts: { p95_ms: 612, errors_percent: 0.3 } },
      replica: { facts: { lag_bytes: 3 * 1_048_576 } },
      logins: { outcome: 'fail', reason: 'failed 140 (limit 100)', facts: { failed: 140 } },
    });
    expect(await read(bad)).toEqual([
      '❌ System Health: 🔴 1 of 4 not ok: logins: failed 140 (limit 100)',
      '✅ Overnight Alerts: 0 P1, 1 P2 (resolved)',
      '⚠️ Key Metrics:',
      '- API latency p95: 612ms ✗',
      '- Error rate: 0.3% ✓',
      '- Database connections: 12/25 ✓',
      '- Replication lag: 3 MiB ✗',
      '❌ Security: 🔴 logins: failed 140 (limit 100)',
      '🔔 Action Items: None',
    ]);
  });
});

describe("lines of the operator's own", () => {
  const said = (own: unknown[], over: Record<string, Partial<CheckReport>> = {}, title = 'Own {ok}') =>
    lines.run(contextOf({ now, checks, reports: reported(over) }), lines.options.parse({ title, lines: own }));
  const texts = async (...text: string[]) =>
    (await said(text.map((each) => ({ text: each })))).lines.map((line) => line.text);

  it('are filled with facts, with digits or a unit, and with the states of checks', async () => {
    expect(
      await texts('{api.p95_ms} {api.p95_ms:unit}', '{api.errors_percent:0}', '{main-db.free:unit}', 'api is {api}'),
    ).toEqual(['287 287 ms', '0', '1.5 GiB', 'api is ok']);
  });

  it('say unknown for what is not there, and the section says why', async () => {
    const result = await said([{ text: '{api.p95_ms} {nobody} {api.p99} {main-db.max}' }], {
      'main-db': { outcome: 'unknown', reason: 'timeout', facts: {} },
      api: { facts: { p95_ms: null } },
    });
    expect(result.lines[0]!.text).toBe('unknown unknown unknown unknown');
    expect(result).toMatchObject({ title: 'Own ⚪', attention: 'look' });
    expect(result.unknown).toEqual([
      'api did not measure p95_ms',
      '{nobody} names no check',
      'api has no fact p99',
      'main-db is unknown: timeout',
    ]);
  });

  it('claim nothing where it is not known whether it is so', async () => {
    const blind = { logins: { outcome: 'unknown' as const, reason: 'refused', next: 'start it', facts: {} } };
    const [line] = (await said([{ text: 'No unusual activity', ok: 'security' }], blind)).lines;
    expect(line).toMatchObject({ mark: 'unknown', text: '1 of 1 not ok: logins: refused' });
    const result = await said([{ text: 'Few logins fail', ok: { check: 'logins', when: 'failed < 9' } }], blind);
    expect(result.lines[0]!.text).toBe('unknown whether: Few logins fail');
    expect(result.unknown).toEqual(['logins is unknown: refused → start it']);
    const old = { api: { at: new Date(now.getTime() - 3_600_000) } };
    expect((await said([{ text: '{api.p95_ms}' }], old)).unknown).toEqual([
      'api was measured last 1 h ago: status 200',
    ]);
  });

  it('a mistake in a condition or a name is unknown, with what is allowed', async () => {
    const { unknown } = await said([
      { text: 'a', ok: { check: 'api', when: 'p96_ms < 500' } },
      { text: 'b', ok: 'nobody' },
      { text: 'c', ok: { check: 'nobody', when: 'x' } },
    ]);
    expect(unknown).toEqual([
      expect.stringMatching(/^p96_ms < 500: found .*p96_ms.*; allowed: .*p95_ms/),
      'there is no check or group nobody',
      'there is no check nobody',
    ]);
  });

  it('what a check says is text: nothing in it is filled in again', async () => {
    const { lines: made } = await said([{ text: 'fine', ok: 'api', else: '{reasons}' }], {
      api: { outcome: 'fail', reason: 'answered {main-db.max} {ok}' },
    });
    expect(made[0]!.text).toBe('api: answered {main-db.max} {ok}');
  });

  it('have their mark in front when the text has no place for it', async () => {
    const own = [{ text: 'fine', ok: ['api', 'data'] }];
    expect((await said(own, {}, 'Own')).lines).toEqual([{ mark: 'ok', text: 'fine' }]);
    expect((await said(own)).lines).toEqual([{ text: 'fine' }]);
  });
});
