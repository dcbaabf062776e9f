import { expect, test } from 'vitest';
import { causesBeyond, sayCause } from '../../../src/health/causes.ts';
import { checkReport } from '../../support/reports.ts';

const db = checkReport('db', { group: 'data', outcome: 'fail', reason: 'connection refused' });
const api = checkReport('api', { outcome: 'blocked', blocked_by: 'db' });
const web = checkReport('web', { outcome: 'blocked', blocked_by: 'db' });

test('what blocks checks from outside of an answer is named, with how many', () => {
  const causes = causesBeyond([api, web, checkReport('port')], [api, db, web, checkReport('other')]);
  expect(causes.map(sayCause)).toEqual(['db (group data) is fail and blocks 2 checks here: connection refused']);
});

test('what is part of the answer is no cause beyond it, and neither is what blocks a muted check', () => {
  expect(causesBeyond([api, db], [api, db])).toEqual([]);
  expect(causesBeyond([{ ...api, outcome: 'muted' }], [api, db])).toEqual([]);
});
