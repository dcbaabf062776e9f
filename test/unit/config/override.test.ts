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

test('a fact that says whether it was read may stand before the comparison, and stays', () => {
  const guarded: DefaultRule = {
    level: 'warn',
    rule: { when: 'used5 && used > 5', say: 'x' },
    reads: ['used5', 'used'],
  };
  expect(applyOverrides([guarded], { used: { warn: 7 } }, specs, []).value).toEqual([
    { ...guarded, rule: { when: 'used5 && used > 7', say: 'x' } },
  ]);
  expect(applyOverrides([guarded], { used5: { warn: 7 } }, specs, []).mistakes).toHaveLength(1);
  const wider: DefaultRule = { ...guarded, rule: { when: 'used5 && size > 1 && used > 5' } };
  expect(applyOverrides([wider], { used: { warn: 7 } }, specs, []).mistakes).toHaveLength(1);
});
