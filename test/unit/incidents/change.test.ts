import { expect, it } from 'vitest';
import { withoutWords } from '../../../src/incidents/change.ts';

const after = (said: unknown) => withoutWords({ action: 'a', target: 'incident/1', reason: 'x', after: said });

it('of a private incident the audit has what holds no words', () => {
  const noWords = { n: 1, task: 'T1', assignee: 'slack:U1', state: 'open', phi: true, into: 2, sha256: 'ab' };
  const words = {
    ...{ title: 'x', words: 'x', cause: 'x', prevention: 'x', what: 'x', reference: 'x', url: 'x', name: 'x' },
    ...{ link: 'x', confirmation: 'x', whatComesLater: 'x' },
  };
  expect(after({ ...noWords, ...words })).toEqual({ action: 'a', target: 'incident/1', after: noWords });
  expect(after(undefined)).toEqual({ action: 'a', target: 'incident/1', after: undefined });
});

it('what was before is there of a severity alone', () => {
  expect(after({ before: 'p1', severity: 'p0' }).after).toEqual({ before: 'p1', severity: 'p0' });
  expect(after({ role: 'scribe', before: 'slack:U1' }).after).toEqual({ role: 'scribe' });
});
