import { expect, test } from 'vitest';
import { shown } from '../../../src/config/redact.ts';
import { isSecretName, redact } from '../../../src/kernel/redact.ts';

test.each(['token', 'api_token', 'x-api-key', 'Authorization', 'PAGERDUTY_ROUTING_KEY', 'clientSecret', 'db-password'])(
  '%s names a secret',
  (name) => {
    expect(isSecretName(name)).toBe(true);
  },
);

test.each(['url', 'max_tokens_used', 'tokenizer', 'key', 'secret_santa', 'password_age_days'])(
  '%s names no secret',
  (name) => {
    expect(isSecretName(name)).toBe(false);
  },
);

test.each([
  ['postgres://user:hunter2@db/main', 'postgres://user:***@db/main'],
  ['host=db password=hunter2 user=x', 'host=db password=*** user=x'],
  ['xoxb-1234567890', 'xoxb-***'],
  ['Bearer abcdefghij', 'Bearer ***'],
  ['https://api.example.com:8443/health', 'https://api.example.com:8443/health'],
])('%s is shown as %s', (text, safe) => {
  expect(redact(text)).toBe(safe);
});

test('a value is shown on one line, short, and not at all under the name of a secret', () => {
  expect(shown('a\nb')).toBe('"a\\nb"');
  expect(shown('x'.repeat(500)).length).toBeLessThan(90);
  expect(shown('hunter2', 'password')).not.toContain('hunter2');
  expect([shown(null), shown([1]), shown([]), shown({}), shown(5), shown(false)]).toEqual([
    'nothing',
    'a list',
    'an empty list',
    'a map',
    '5',
    'false',
  ]);
});
