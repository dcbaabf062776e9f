import { describe, expect, it } from 'vitest';
import { dedupKeyOf, type Entry, paged, stateOf, triggerOf } from '../../../src/incidents/journal/model.ts';

const at = new Date('2026-11-23T03:04:00Z');
const sending: Entry['page'] = { state: 'sending', attempts: 0 };
const entry = (over: Partial<Entry['made']> = {}): Entry => ({
  ...{ version: 1, dedupKey: dedupKeyOf('view:V1'), request: 'ABC123', page: sending },
  made: {
    ...{ key: 'view:V1', title: 'API is down', severity: 'p0', label: 'P0 Critical', urgency: 'critical' },
    ...{ systems: 'API', known: '', phi: false, drill: false, way: 'page', pages: true, at, type: '', private: false },
    ...{ by: { id: 'slack:U1', mention: '<@U1>' }, ...over },
  },
});

it('one key is one page, and another key another', () => {
  expect(dedupKeyOf('view:V1')).toBe(dedupKeyOf('view:V1'));
  expect(dedupKeyOf('view:V1')).not.toBe(dedupKeyOf('view:V2'));
  expect(dedupKeyOf('k'.repeat(10_000)).length).toBeLessThan(60);
});

describe('a page', () => {
  it.each([
    ['accepted', { kind: 'accepted', at } as const, { state: 'accepted', attempts: 1, acceptedAt: at }, 'paged'],
    [
      'not taken now',
      { kind: 'failed', again: true, why: 'PagerDuty answers 503' } as const,
      { state: 'sending', attempts: 1, reason: 'PagerDuty answers 503' },
      'not_paged',
    ],
    [
      'never taken',
      { kind: 'failed', again: false, why: 'routing_key is wrong' } as const,
      { state: 'refused', attempts: 1, reason: 'routing_key is wrong' },
      'not_paged',
    ],
  ])('%s', (_, attempt, page, state) => {
    expect(paged(sending, attempt)).toEqual(page);
    expect(stateOf({ page: paged(sending, attempt) })).toBe(state);
  });

  it('that was accepted stays so when a later try fails', () => {
    const accepted = paged(sending, { kind: 'accepted', at });
    expect(paged(accepted, { kind: 'failed', again: true, why: 'late' })).toEqual(accepted);
  });

  it('of nobody, or not tried yet, is neither paged nor not paged', () => {
    expect(stateOf({ page: { state: 'nobody', attempts: 0 } })).toBe('nobody');
    expect(stateOf({ page: sending })).toBe('paging');
  });
});

it('PagerDuty is told no words where PHI may be involved, or not everybody may see it', () => {
  expect(triggerOf(entry())).toMatchObject({
    summary: 'P0 Critical: API is down',
    source: 'API',
    severity: 'critical',
  });
  for (const over of [{ phi: true }, { private: true }]) {
    const told = triggerOf(entry({ title: 'Records of Jane Roe', systems: 'Jane', ...over }));
    expect(told.summary).toBe('P0 Critical: see Slack');
    expect(JSON.stringify(told)).not.toContain('Jane');
  }
});
