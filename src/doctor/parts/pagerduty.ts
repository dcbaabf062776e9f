import type { Environment } from '../../config/environment.ts';
import { askPagerDuty, type RestAnswer } from '../../paging/rest.ts';
import { type Found, ok, type Part, problem, unknown, warn } from '../model.ts';

/** An integration key of the Events API v2. */
const routingKeyShape = /^[A-Za-z0-9]{32}$/;

/** The REST token, the user in whose name it acts, and the shape of the routing key; nothing is paged. */
export function pagerDutyPart(pagerDuty: Environment['pagerDuty']): Part {
  const { apiToken, routingKey, fallbackKey, from, apiUrl } = pagerDuty;
  return {
    name: 'pagerduty',
    look: async (signal) => {
      if (apiToken === undefined && routingKey === undefined) return [ok('not configured')];
      const keys = [routingKeyOf(routingKey), ...fallbackKeyOf(fallbackKey)];
      if (apiToken === undefined) return [...keys, ok('PAGERDUTY_API_TOKEN is not set: only events can be sent')];
      const ask = (path: string) => askPagerDuty(path, { url: apiUrl, token: apiToken }, signal);
      const token = tokenOf(await ask('/abilities'));
      return token.state === 'ok' ? [...keys, token, await fromOf(from, ask)] : [...keys, token];
    },
  };
}

function routingKeyOf(key: string | undefined): Found {
  if (key === undefined) return warn('PAGERDUTY_ROUTING_KEY is not set: nobody can be paged', 'set it');
  if (routingKeyShape.test(key))
    return ok('the routing key looks right; only an event would prove it, and page somebody');
  const fix = 'copy the Integration Key (32 letters and digits) of an Events API v2 integration';
  return problem('PAGERDUTY_ROUTING_KEY does not look like a routing key', fix);
}

/** Nothing while it looks right: it is tried when it is needed, or never. */
function fallbackKeyOf(key: string | undefined): Found[] {
  if (key === undefined || routingKeyShape.test(key)) return [];
  const fix = 'copy the Integration Key (32 letters and digits) of an Events API v2 integration of another service';
  return [problem('PAGERDUTY_FALLBACK_ROUTING_KEY does not look like a routing key', fix)];
}

function tokenOf(answer: RestAnswer): Found {
  if (answer.kind === 'failed') return unknown(`PagerDuty ${answer.why}`, 'check the network, and PAGERDUTY_API_URL');
  const { status } = answer;
  if (status === 200) return ok('PagerDuty takes the API token');
  if (status === 401 || status === 403) {
    const fix = 'make a new REST API key under Integrations > API Access Keys (in the EU: with PAGERDUTY_API_URL set)';
    return problem(`PAGERDUTY_API_TOKEN is refused (${status})`, fix);
  }
  return unknown(`PagerDuty answered ${status}`, status === 429 ? 'look again in a minute' : undefined);
}

async function fromOf(from: string | undefined, ask: (path: string) => Promise<RestAnswer>): Promise<Found> {
  const fix = 'set PAGERDUTY_FROM to the e-mail address of a user of this PagerDuty account';
  if (from === undefined) return warn('PAGERDUTY_FROM is not set: incidents can be read, not changed', fix);
  const answer = await ask(`/users?query=${encodeURIComponent(from)}&limit=100`);
  if (answer.kind === 'failed') return unknown(`whether PAGERDUTY_FROM is a user: PagerDuty ${answer.why}`);
  if (answer.status !== 200) return unknown(`whether PAGERDUTY_FROM is a user: PagerDuty answered ${answer.status}`);
  if (emailsIn(answer.data).includes(from.toLowerCase())) return ok('PAGERDUTY_FROM is a user');
  return problem('PAGERDUTY_FROM is no user of this PagerDuty account', fix);
}

function emailsIn(data: unknown): string[] {
  const users = isRecord(data) && Array.isArray(data.users) ? data.users.filter(isRecord) : [];
  return users.flatMap(({ email }) => (typeof email === 'string' ? [email.toLowerCase()] : []));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
