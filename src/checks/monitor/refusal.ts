import { Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import type { Api } from './ask.ts';

/** Why an answer tells nothing; undefined when it is the API's own: 200 with JSON, or an error that it explains in JSON. */
export function refusalOf(
  { name, url, redact }: Api,
  { status, json, location }: { status: number; json: unknown; location: string | undefined },
): Unmeasured | undefined {
  if (status === 401 || status === 403) {
    const next = 'check bearer, basic and headers: it must be allowed to read';
    return new Unmeasured('denied', `${name} refuses the login (HTTP ${status})`, { next });
  }
  if (status === 429) return new Unmeasured('throttled', `${name} takes no more questions for now (HTTP 429)`);
  if (status >= 300 && status < 400) {
    const place = cleanText(redact(hostOf(location, url)), 100);
    return new Unmeasured('misconfigured', `${name} redirects to ${place} (HTTP ${status}), which is not followed`, {
      next: 'give the address that answers itself as url; a page to log in means that the login is missing',
    });
  }
  if (json !== undefined && status !== 404) return undefined;
  if (status === 404) {
    const next = 'url is what stands before /api';
    return new Unmeasured('misconfigured', `${name} has no such API (HTTP 404)`, { next });
  }
  if (status >= 500) {
    return new Unmeasured('unreachable', `${name} answers HTTP ${status}`, { next: 'see that it runs, and its proxy' });
  }
  return new Unmeasured('invalid_answer', `${name} answers HTTP ${status} without JSON`, {
    next: 'check that url leads to the API and not to a page',
  });
}

/** Without path and query: they may hold a token. */
function hostOf(location: string | undefined, base: URL): string {
  return (location === undefined ? undefined : URL.parse(location, base.href)?.host) || 'nowhere';
}
