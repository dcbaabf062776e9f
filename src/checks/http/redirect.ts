import type { HttpOutcome, HttpRequest } from './request.ts';

/** The request that a redirect asks for, or undefined when the answer is none that can be followed. Pure. */
export function redirected(request: HttpRequest, outcome: HttpOutcome): HttpRequest | undefined {
  if (outcome.kind !== 'answer' || ![301, 302, 303, 307, 308].includes(outcome.status)) return undefined;
  const { location } = outcome.headers;
  if (location === undefined || !URL.canParse(location, request.url.href)) return undefined;
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.username = '';
  url.password = '';
  const repeated = outcome.status === 307 || outcome.status === 308 || request.method !== 'POST';
  return {
    ...request,
    url,
    method: repeated ? request.method : 'GET',
    body: repeated && url.origin === request.url.origin ? request.body : undefined,
    // Headers may carry secrets that are meant for the first server only.
    headers: url.origin === request.url.origin ? request.headers : {},
  };
}
