import type { Environment } from '../config/environment.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * The ways to people: the page's phone, mailbox and telephone service, each unless there is one of their own. The secret is of
 * the phone's webhooks. Pure.
 */
export function standInsOf(
  { pagerDuty, smtp, twilio }: Pick<Environment, 'pagerDuty' | 'smtp' | 'twilio'>,
  { phone, mailbox }: Pick<Workspace, 'phone' | 'mailbox'>,
  webhookSecret: string,
): Pick<Environment, 'pagerDuty' | 'smtp' | 'twilio'> {
  const { apiToken, routingKey, from, apiUrl, eventsUrl } = phone;
  const own = Object.values(pagerDuty).some((value) => value !== undefined);
  return {
    pagerDuty: own ? pagerDuty : { apiToken, routingKey, webhookSecret, from, apiUrl, eventsUrl },
    smtp: smtp ?? mailbox,
    twilio: twilio ?? phone.telephone,
  };
}
