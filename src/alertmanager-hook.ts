import type { Incidents } from './incidents/incidents.ts';
import { readAlertmanager } from './incidents/proposals/alertmanager.ts';
import type { Log } from './kernel/log.ts';
import { isUnavailable } from './store/errors.ts';
import { bringsToken } from './web/bearer.ts';
import type { Route } from './web/server.ts';

/**
 * `POST /hooks/alertmanager`: what Alertmanager fires is proposed to people. Taken only with the token; what comes again is
 * the same proposal. While the database is away it is refused, and Alertmanager sends it again.
 */
export function alertmanagerHook(token: string, { proposals }: Pick<Incidents, 'proposals'>, log: Log): Route {
  return async (body, { headers }) => {
    if (!bringsToken(headers.authorization, token)) {
      log.warn('a webhook of Alertmanager did not bring ALERTMANAGER_WEBHOOK_TOKEN');
      return { status: 401, text: 'the bearer token is missing, or is not ALERTMANAGER_WEBHOOK_TOKEN\n' };
    }
    const read = readAlertmanager(body.toString('utf8'));
    if ('invalid' in read) {
      log.warn({ why: read.invalid }, "a webhook of Alertmanager can't be read");
      return { status: 400, text: `not what Alertmanager sends (version 4): ${read.invalid}\n` };
    }
    try {
      const what = await proposals.heard(read.signal);
      return { status: 200, text: `${what}\n` };
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      log.warn({ err: error }, 'the database did not take an alert: Alertmanager sends it again');
      return { status: 503, text: 'the database is away: send it again\n' };
    }
  };
}
