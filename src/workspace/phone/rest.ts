import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Json } from '../world.ts';
import type { Account } from './account.ts';
import type { Alerts } from './alerts.ts';
import type { Answer } from './play.ts';

interface RestParts {
  alerts: Alerts;
  account: Account;
  apiToken: string;
}

/** The name of a REST call among the faults and in the traffic: `pagerduty.oncalls`. */
export function restMethod(url: URL): string {
  return `pagerduty.${/^\/(\w{1,40})/.exec(url.pathname)?.[1] ?? 'unknown'}`;
}

/** PagerDuty's REST API as far as the bot asks it: abilities, users, on-calls, services, incidents. It changes nothing. */
export function rest({ alerts, account, apiToken }: RestParts, request: IncomingMessage, url: URL): Answer {
  const presented = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Token token=${apiToken}`);
  if (presented.length !== wanted.length || !timingSafeEqual(presented, wanted))
    return { status: 401, body: { error: { code: 2006, message: 'Authentication failed' } } };
  const { searchParams: query, pathname } = url;
  const included = new Set(query.getAll('include[]'));
  if (request.method !== 'GET') return notFound();
  if (pathname === '/abilities') return { status: 200, body: { abilities: [] } };
  if (pathname === '/users') {
    const text = (query.get('query') ?? '').toLowerCase();
    const found = account
      .people()
      .filter(({ real_name, email }) => `${real_name} ${email}`.toLowerCase().includes(text))
      .map((user) => account.user(user, included.has('contact_methods')));
    return listed('users', found, query);
  }
  if (pathname.startsWith('/users/')) {
    const user = account.find(pathname.slice('/users/'.length));
    return user ? { status: 200, body: { user: account.user(user, included.has('contact_methods')) } } : notFound();
  }
  if (pathname === '/oncalls') {
    return listed('oncalls', account.oncalls(query.getAll('escalation_policy_ids[]'), included.has('users')), query);
  }
  if (pathname === '/services') return listed('services', account.services(), query);
  if (pathname === '/incidents') {
    const [key, statuses] = [query.get('incident_key'), query.getAll('statuses[]')];
    const found = alerts
      .shown()
      .filter(
        ({ dedupKey, status }) =>
          (key ?? dedupKey) === dedupKey && (statuses.length === 0 || statuses.includes(status)),
      )
      .map((page) => account.incident(page, included.has('acknowledgers')));
    return listed('incidents', found.reverse(), query);
  }
  return notFound();
}

/** One page of a list by limit and offset; PagerDuty refuses more than 100. */
function listed(name: string, all: Json[], query: URLSearchParams): Answer {
  const [limit, offset] = [Number(query.get('limit') ?? 25), Number(query.get('offset') ?? 0)];
  if (!(limit >= 1 && limit <= 100) || !(offset >= 0)) {
    return {
      status: 400,
      body: { error: { code: 2001, message: 'Invalid Input Provided', errors: ['Limit or offset is invalid.'] } },
    };
  }
  const more = offset + limit < all.length;
  return { status: 200, body: { [name]: all.slice(offset, offset + limit), limit, offset, more, total: null } };
}

function notFound(): Answer {
  return { status: 404, body: { error: { code: 2100, message: 'Not Found' } } };
}
