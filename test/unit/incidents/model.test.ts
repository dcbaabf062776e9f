import { expect, it } from 'vitest';
import { acknowledging, numberOf, type Page, pagingOf, whyNotPaged } from '../../../src/incidents/model.ts';
import { incidentOf, noon } from './sample.ts';

const page = (over: Partial<Page>): Page => ({ n: 1, dedupKey: 'k', state: 'sending', attempts: 0, ...over });
const over = { at: noon, by: 'Anna' };

it.each([
  ['INC-42', 42],
  ['inc42', 42],
  ['Inc-042', 42],
  [' #42 ', 42],
  ['42', 42],
  ['INC-999999999999999', 999_999_999_999_999],
  ['INC-9999999999999999', undefined],
  ['', undefined],
  ['INC-', undefined],
  ['42.5', undefined],
  ['-42', undefined],
  ['INC-42; drop', undefined],
  ['INC 42', undefined],
  ['４２', undefined],
])('%j is the incident %s', (text, number) => expect(numberOf(text)).toBe(number));

it('an incident is acknowledged once, and not when it is over', () => {
  expect(acknowledging(incidentOf())).toBe('acknowledge');
  expect(acknowledging(incidentOf({ acknowledged: over }))).toBe('already');
  expect(acknowledging(incidentOf({ resolved: { ...over, words: '' } }))).toBe('over');
  expect(acknowledging(incidentOf({ acknowledged: over, resolved: { ...over, words: '' } }))).toBe('over');
});

it.each([
  ['is on its way', {}, { kind: 'paging' }],
  ['was accepted', { pages: [page({ state: 'accepted', acceptedAt: noon })] }, { kind: 'paged', at: noon }],
  [
    'was accepted, and reaches nobody',
    { pages: [page({ state: 'accepted', acceptedAt: noon })], notPaged: { why: 'nobody', at: noon, said: true } },
    { kind: 'not_paged', why: 'nobody', at: noon },
  ],
  [
    'was not accepted, and somebody is on it',
    { notPaged: { why: 'nobody', at: noon, said: true }, acknowledged: over },
    { kind: 'acknowledged', ...over },
  ],
  ['is a drill', { drill: true, pages: [] }, { kind: 'nobody', why: 'drill' }],
  ['is no page by policy: slack', { way: 'slack', pages: [] }, { kind: 'nobody', why: 'policy' }],
  ['is no page by policy: email', { way: 'email', pages: [] }, { kind: 'nobody', why: 'policy' }],
] as const)('a page that %s', (_, incident, paging) => {
  expect(pagingOf(incidentOf({ ...incident, pages: 'pages' in incident ? [...incident.pages] : [page({})] }))).toEqual(
    paging,
  );
});

it('says why nobody may have been paged, by the newest page', () => {
  expect(whyNotPaged(incidentOf())).toBe('PagerDuty has not answered yet');
  expect(whyNotPaged(incidentOf({ pages: [] }))).toBe('PagerDuty has not answered yet');
  expect(whyNotPaged(incidentOf({ pages: [page({ reason: 'PagerDuty answers 503' })] }))).toBe('PagerDuty answers 503');
  expect(whyNotPaged(incidentOf({ pages: [page({ state: 'refused', reason: '400' })] }))).toBe('400');
  const second = page({ n: 2, state: 'accepted', acceptedAt: noon });
  expect(whyNotPaged(incidentOf({ pages: [page({ state: 'refused', reason: '400' }), second] }))).toBeUndefined();
});
