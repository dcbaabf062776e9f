import { expect, it } from 'vitest';
import { standInsOf } from '../../../src/try-out/stand-ins.ts';

const phone = {
  ...{ apiToken: 'token', routingKey: 'key', from: 'anna@example.com', apiUrl: 'http://p', eventsUrl: 'http://p' },
  telephone: { url: 'http://p', accountSid: 'AC1', authToken: 't', from: '+12025550199' },
};
const workspace = { phone, mailbox: { url: 'smtp://u:p@127.0.0.1:1', from: 'Rounds <rounds@example.com>' } };
const standIns = (environment: Parameters<typeof standInsOf>[0]) =>
  standInsOf(environment, workspace as unknown as Parameters<typeof standInsOf>[1], 'secret');

it('pages, e-mails, texts and calls go to the page of the try-out', () => {
  expect(standIns({ pagerDuty: {} })).toEqual({
    pagerDuty: {
      ...{ apiToken: 'token', routingKey: 'key', webhookSecret: 'secret', from: 'anna@example.com' },
      ...{ apiUrl: 'http://p', eventsUrl: 'http://p' },
    },
    smtp: workspace.mailbox,
    twilio: phone.telephone,
  });
});

it('whatever somebody has set of their own stays theirs, whole, and nothing else does', () => {
  const smtp = { url: 'smtp://mail.example.com', from: 'ops@example.com' };
  const twilio = { accountSid: 'ACown', authToken: 'own', from: '+15550100' };
  const pagerDuty = { routingKey: 'own' };
  expect(standIns({ pagerDuty, smtp, twilio })).toEqual({ pagerDuty, smtp, twilio });
  expect(standIns({ pagerDuty: {}, smtp })).toMatchObject({ smtp, twilio: { accountSid: 'AC1' } });
});
