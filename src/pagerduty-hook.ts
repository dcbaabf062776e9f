import type { Incidents } from './incidents/incidents.ts';
import type { Log } from './kernel/log.ts';
import { isSignedByPagerDuty, readPagerDutyWebhook } from './paging/webhook.ts';
import type { Route } from './web/server.ts';

/**
 * `POST /hooks/pagerduty`, webhooks v3: what people do to a page in PagerDuty arrives here. Taken only when it is signed; what
 * comes again, or is replayed, changes nothing, since an acknowledgement is one once.
 */
export function pagerDutyHook(secret: string, incidents: Pick<Incidents, 'heard'>, log: Log): Route {
  return async (body, { headers }) => {
    if (!isSignedByPagerDuty(body, headers['x-pagerduty-signature'], [secret])) {
      log.warn('a webhook of PagerDuty was not signed with PAGERDUTY_WEBHOOK_SECRET');
      return { status: 401, text: 'not signed\n' };
    }
    const said = readPagerDutyWebhook(body.toString('utf8'));
    if (said.kind === 'invalid') {
      log.warn({ why: said.why }, "a webhook of PagerDuty can't be read");
      return { status: 400, text: 'not understood\n' };
    }
    if (said.kind === 'notice') await incidents.heard(said.notice);
    return { status: 200, text: 'ok\n' };
  };
}
