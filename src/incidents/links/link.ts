import { OpsError } from '../../kernel/errors.ts';
import { redact } from '../../kernel/redact.ts';

const longest = 2_000;

/**
 * An address that a person gave, as it is kept and shown: https, without a password. Slack writes one as `<https://…|label>`.
 * Throws OpsError `invalid`.
 */
export function linkOf(given: string): string {
  const text = /^<([^|>]*)(?:\|[^>]*)?>$/.exec(given.trim())?.[1] ?? given.trim();
  const url = text.length > longest ? null : URL.parse(text);
  const hint = 'https://tracker.example.com/OPS-12, for example';
  if (url === null || url.protocol !== 'https:' || !url.hostname.includes('.'))
    throw new OpsError('invalid', 'That is no address that begins with https://', { hint });
  if (url.username !== '' || url.password !== '' || redact(url.href) !== url.href)
    throw new OpsError('invalid', 'There is a password in this address: everybody in the channel would read it', {
      hint: 'Leave it out, and tell it another way',
    });
  return url.href;
}

/** What people call what stands at an address: `infra#12`, `OPS-12`, else its host. Pure. */
export function nameOfLink(link: string): string {
  const { hostname, pathname } = new URL(link);
  const [, repo, number] = /^\/[^/]+\/([\w.-]{1,60})\/(?:-\/)?issues\/(\d{1,9})\/?$/.exec(pathname) ?? [];
  if (repo !== undefined && number !== undefined) return `${repo}#${number}`;
  return /\/([A-Z][A-Z0-9_]{0,19}-\d{1,9})(?:\/|$)/.exec(pathname)?.[1] ?? hostname;
}
