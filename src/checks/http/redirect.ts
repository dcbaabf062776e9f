import type { HttpOutcome, HttpRequest } from './request.ts';

export type Redirected = { kind: 'request'; request: HttpRequest } | { kind: 'none' } | { kind: 'insecure' };

/**
 * The request that a redirect asks for. `none`: the answer is no redirect that can be followed. `insecure`: it leads from
 * https to http, where anybody on the way could have answered, and `plain` doesn't allow that. Pure.
 */
export function redirected(request: HttpRequest, outcome: HttpOutcome, plain: boolean): Redirected {
  if (outcome.kind !== 'answer' || ![301, 302, 303, 307, 308].includes(outcome.status)) return { kind: 'none' };
  const { location } = outcome.headers;
  if (location === undefined || !URL.canParse(location, request.url.href)) return { kind: 'none' };
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { kind: 'none' };
  if (url.protocol === 'http:' && request.url.protocol === 'https:' && !plain) return { kind: 'insecure' };
  url.username = '';
  url.password = '';
  const repeated = outcome.status === 307 || outcome.status === 308 || request.method !== 'POST';
  return {
    kind: 'request',
    request: {
      ...request,
      url,
      method: repeated ? request.method : 'GET',
      body: repeated && url.origin === request.url.origin ? request.body : undefined,
      // Headers may carry secrets that are meant for the first server only.
      headers: url.origin === request.url.origin ? request.headers : {},
    },
  };
}
