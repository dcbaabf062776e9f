import { expect, it } from 'vitest';
import { gradeOf } from '../../../../src/checks/vulnerabilities/grade.ts';

it.each([
  ['critical', undefined, 'critical'],
  ['HIGH', undefined, 'high'],
  ['moderate', undefined, 'medium'],
  ['medium', 0, 'medium'],
  ['low', 9.8, 'critical'],
  ['critical', 3.1, 'critical'],
  ['info', undefined, 'none'],
  ['none', 4, 'medium'],
  ['severe', 9.8, undefined],
  ['severe', undefined, undefined],
  [undefined, undefined, undefined],
  [undefined, 10, 'critical'],
  [undefined, 9, 'critical'],
  [undefined, 8.9, 'high'],
  [undefined, 7, 'high'],
  [undefined, 6.9, 'medium'],
  [undefined, 4, 'medium'],
  [undefined, 3.9, 'low'],
  [undefined, 0.1, 'low'],
  [undefined, 0, 'none'],
])('severity %s with CVSS %s is %s', (word, cvss, grade) => {
  expect(gradeOf(word, cvss)).toBe(grade);
});
