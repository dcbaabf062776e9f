import { expect, test } from 'vitest';
import { applyOverrides, type DefaultRule } from '../../../src/config/override.ts';
import type { FactSpecs } from '../../../src/kernel/check.ts';

const specs: FactSpecs = { used: { type: 'number', help: '' }, size: { type: 'number', help: '' } };
const ratio: DefaultRule = { level: 'warn', rule: { when: 'used > size * 0.8' }, reads: ['used', 'size'] };
const plain: DefaultRule = { level: 'fail', rule: { when: '  used>=-5.5 ' }, reads: ['used'] };

test('a rule without a single limit can be dropped, not changed', () => {
  expect(applyOverrides([ratio, plain], { used: { warn: 5 } }, specs, ['o'])).toEqual({
    value: [ratio, plain],
    mistakes: [
      {
        path: ['o', 'used', 'warn'],
        found: 'the default rule "used > size * 0.8" has no single limit to change',
        allowed: 'warn: off, and a rule of your own under warn',
      },
    ],
  });
  expect(applyOverrides([ratio, plain], { size: 'off' }, specs, []).value).toEqual([plain]);
});

test('spaces and signs of the old limit do not matter', () => {
  const { value } = applyOverrides([plain], { used: { fail: -7 } }, specs, []);
  expect(value).toEqual([{ ...plain, rule: { when: 'used >= -7' } }]);
});
