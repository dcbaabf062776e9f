import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '../../../../src/audit/append.ts';
import { noteSentHead } from '../../../../src/audit/sent.ts';
import type { ChecklistState } from '../../../../src/reports/ports.ts';
import section from '../../../../src/reports/sections/compliance.ts';
import type { Store } from '../../../../src/store/store.ts';
import { anna, beginAnew, tamper } from '../../../support/audit.ts';
import { checkReport, noon } from '../../../support/reports.ts';
import { denied, manyChecks, rowsOf, runSection, saidLines } from '../../../support/section-context.ts';
import { embeddedStore } from '../../../support/store.ts';

const hoursAgo = (hours: number) => new Date(noon.getTime() - hours * 3_600_000);
const encryption = checkReport('crypt', {
  type: 'encryption',
  facts: { databases: 3, databases_unencrypted: [], volumes: 8, volumes_unencrypted: [], unread: [] },
});
const trail = checkReport('trail', {
  type: 'cloudtrail',
  facts: { logging: 1, stopped: [], missing: [], unvalidated: [], denied: 4, unread: [] },
});
const hipaa = (over: Partial<ChecklistState> = {}): ChecklistState => ({
  ...{ id: 5, name: 'hipaa-daily', title: 'HIPAA checklist', owner: '@compliance', startedAt: hoursAgo(5) },
  ...{ dueAt: hoursAgo(-1), done: 2, total: 9, ...over },
});

describe('compliance in a report', () => {
  let store: Store;
  beforeAll(async () => {
    store = await embeddedStore();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    await tamper(store, ...beginAnew, sql`delete from signed_head`);
    for (const [action, hours] of [
      ['check.mute', 40],
      ['check.mute', 3],
      ['access.denied', 2],
    ] as const)
      await store.transaction((tx) => appendAudit(tx, anna, { action, target: 'check/api' }, hoursAgo(hours)));
  });
  const run = (scene: Parameters<typeof runSection>[1] = {}, options = {}) =>
    runSection(section, { ...scene, sources: { store } }, options);

  it('is a count on a calm day, and each point with its mark in the thread', async () => {
    const ended = [hipaa({ done: 9, closed: { at: hoursAgo(1), how: 'done' } })];
    await noteSentHead(store.db(), { at: hoursAgo(6), seq: 1 });
    const made = await run({ checks: [encryption, trail], ended });
    expect(made).toMatchObject({ attention: 'none', unknown: [], brief: 'compliance 6/6' });
    expect(saidLines(made)).toEqual([]);
    expect(rowsOf(made, 'Compliance')).toEqual([
      ['Encryption (crypt)', '✓', 'databases 3, volumes 8'],
      ['CloudTrail (trail)', '✓', 'trails that log 1, refused calls 4'],
      ['HIPAA checklist', '✓', '9/9 done, Mon 23 Nov 11:00 UTC'],
      ['Audit of Rounds', '✓', 'all 3 rows are as recorded, new since the report before 1'],
      ['Signed head of the audit', '✓', 'row 1, sent Mon 23 Nov 06:00 UTC'],
      ['Denied by Rounds', '✓', 'attempts 1'],
    ]);
  });

  it('tells of what is not so, and of what no rule looks at', async () => {
    const open = { ...encryption, facts: { ...encryption.facts, volumes_unencrypted: ['vol-1', 'vol-2'] } };
    const made = await run({ checks: [open, trail] });
    expect(made).toMatchObject({ attention: 'act', brief: 'compliance 3/4' });
    expect(saidLines(made)).toEqual(['Encryption (crypt): 2 volumes unencrypted: vol-1, vol-2']);
    const told = await run({ checks: [{ ...open, outcome: 'fail', reason: 'unencrypted' }] });
    expect([told.attention, saidLines(told)]).toEqual(['none', []]);
  });

  it('tells that the audit was changed', async () => {
    await tamper(store, sql`update audit_detail set payload = replace(payload, 'mute', 'move') where seq = 2`);
    const made = await run({ checks: [encryption] });
    expect(made).toMatchObject({ attention: 'act', brief: 'compliance 2/3' });
    expect(made.lines[0]).toMatchObject({ mark: 'fail', text: 'Audit of Rounds: changed at row 2' });
  });

  it('tells that no head was signed for more than a day', async () => {
    await noteSentHead(store.db(), { at: hoursAgo(27), seq: 1 });
    expect(saidLines(await run())).toEqual(['Signed head of the audit: row 1, sent Sun 22 Nov 09:00 UTC']);
  });

  it('is unknown where nothing could be read', async () => {
    const made = await run({ checks: [denied('trail', { type: 'cloudtrail' }), { ...encryption, outcome: 'muted' }] });
    expect(made.brief).toBe('compliance 2/4');
    expect(rowsOf(made, 'Compliance').slice(0, 2)).toEqual(
      expect.arrayContaining([
        ['CloudTrail (trail)', '⚪ unknown', 'AccessDenied: not allowed to read trail'],
        ['Encryption (crypt)', '⚪ unknown', 'muted: status 200'],
      ]),
    );
    const blind = await run({ unmeasured: 'the database is away' });
    expect(blind).toMatchObject({ attention: 'look', brief: 'compliance 2/2' });
    expect(blind.unknown).toEqual(['encryption, CloudTrail and access: the database is away']);
  });

  it('waits for a checklist until it is due', async () => {
    const early = await run({ open: [hipaa()] });
    expect([early.attention, saidLines(early), early.brief]).toEqual(['none', [], 'compliance 2/3']);
    const late = await run({ open: [hipaa({ dueAt: hoursAgo(1) })] });
    expect(late.attention).toBe('act');
    expect(late.lines[0]).toMatchObject({
      ...{ mark: 'fail', text: 'HIPAA checklist: 2/9 done, overdue', owner: '@compliance', item: 'checklist/5' },
    });
  });

  it('misses a checklist that a file names', async () => {
    const made = await run({}, { checklists: 'hipaa-daily', checklists_within: '2d' });
    expect(saidLines(made)).toEqual(['Checklist hipaa-daily: not gone through within 2 d']);
    const old = hipaa({ closed: { at: hoursAgo(50), how: 'done' } });
    expect((await run({ ended: [old] }, { checklists: 'hipaa-daily', checklists_within: '2d' })).attention).toBe('act');
  });

  it('is its own audit alone where nothing else is configured', async () => {
    const made = await run({ checks: [checkReport('web')] });
    expect(made).toMatchObject({ attention: 'none', unknown: [], brief: 'audit as recorded' });
    expect(saidLines(made)).toEqual([]);
  });

  it('is counted, 5,000 points of it, and a few are listed', async () => {
    const made = await run({ checks: manyChecks(5_000, { type: 'access-posture', facts: { users: 2 } }) });
    expect(made.brief).toBe('compliance 5002/5002');
    expect(made.lines).toHaveLength(51);
    expect(rowsOf(made, 'Compliance')).toHaveLength(60);
  });
});
