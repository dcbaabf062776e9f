import { expect, it } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { parse, problemsOf } from './sample.ts';

const checks = 'checks:\n  - {id: api, web: {url: "https://a.example"}, fail: status != 200}\n';

it('contacts are read by name', () => {
  const { contacts } = parse(`${checks}contacts:
  on-call: { slack: "@oncall", backup: cto }
  second: { pagerduty: { policy: PABC123, level: 2 } }
  cto: { email: cto@example.com, phone: "+1-555-0104" }
`);
  expect([...contacts.values()]).toEqual([
    { name: 'on-call', slack: '@oncall', backup: 'cto' },
    { name: 'second', pagerduty: { policy: 'PABC123', level: 2 } },
    { name: 'cto', email: 'cto@example.com', phone: '+1-555-0104' },
  ]);
});

it.each([
  ['a backup who is not there', 'cto: { phone: "+1-555-0104", backup: ceo }', 'contacts.cto.backup'],
  ['somebody who is their own backup', 'cto: { phone: "+1-555-0104", backup: cto }', 'contacts.cto.backup'],
  ['a number without its country', 'cto: { phone: "555-0104" }', 'contacts.cto.phone'],
  ['everybody', 'cto: { slack: "@here" }', 'contacts.cto.slack'],
  ['nobody at all', 'cto: {}', 'contacts.cto'],
  ['an id that is none', 'cto: { pagerduty: { policy: "Platform team" } }', 'contacts.cto.pagerduty.policy'],
])('%s is refused', (_, entry, path) => {
  expect(problemsOf(`${checks}contacts:\n  ${entry}\n`)).toMatchObject([{ path }]);
});

const problems = (variables: Record<string, string>) => {
  try {
    readEnvironment(variables, { face: 'terminal' });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  return [];
};

it('what belongs together is set together, and secrets are not shown', () => {
  expect(problems({ SMTP_URL: 'smtp://u:the-password@mail.example.com' })).toMatchObject([{ path: 'MAIL_FROM' }]);
  expect(problems({ TWILIO_ACCOUNT_SID: 'AC1', TWILIO_FROM: '+15550100' })).toMatchObject([
    { path: 'TWILIO_AUTH_TOKEN' },
  ]);
  const wrong = problems({ SMTP_URL: 'http://the-password@x', MAIL_FROM: 'a\r\nBcc: b@example.com' });
  expect(wrong.map(({ path }) => path)).toEqual(['SMTP_URL', 'MAIL_FROM']);
  expect(JSON.stringify(wrong)).not.toContain('the-password');
  const read = readEnvironment(
    { SMTP_URL: 'smtp://mail.example.com', MAIL_FROM: 'Rounds <rounds@example.com>' },
    { face: 'terminal' },
  );
  expect(read).toMatchObject({ smtp: { from: 'Rounds <rounds@example.com>' } });
});
