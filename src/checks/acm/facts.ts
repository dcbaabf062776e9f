import type { Rules } from '../../kernel/check.ts';
import { withUnread } from '../aws/unread.ts';
import { few } from '../facts/few.ts';
import type { Certificate } from './read.ts';

const dayMs = 86_400_000;

export interface AcmLimits {
  warn_days: number;
  fail_days: number;
}

export const acmFacts = withUnread({
  certificates: { type: 'number', help: 'certificates in the regions that were read; null if not all were' },
  in_use: { type: 'number', help: 'of these, in use by a load balancer, CloudFront… : these are judged' },
  imported: { type: 'number', help: 'of those in use, imported ones: ACM does not renew them' },
  regions: { type: 'list', help: 'regions that were read' },
  days_left: { type: 'number', unit: 'days', help: 'until the first of those in use expires; negative once it has' },
  first_to_expire: { type: 'string', help: 'that certificate: `shop.example.com (eu-west-1)`' },
  first_not_after: { type: 'string', help: 'when it ends (ISO 8601)' },
  expired: { type: 'list', help: 'in use, and over' },
  expiring_now: {
    type: 'list',
    help: 'in use, with fewer days left than `fail_days`: `shop.example.com (eu-west-1) 5 d`',
  },
  expiring: { type: 'list', help: 'in use, with fewer days left than `warn_days`, and not fewer than `fail_days`' },
  broken: {
    type: 'list',
    help: 'in use, and neither issued nor expired: `FAILED`, `REVOKED`, `VALIDATION_TIMED_OUT`…',
  },
  missing: { type: 'list', help: 'of `domains`, those that no issued certificate is for' },
  renewal_failed: {
    type: 'list',
    help: 'in use, within 60 days of its end, and ACM could not renew it, with its reason',
  },
  renewal_waiting: {
    type: 'list',
    help: 'in use, within 60 days of its end, and ACM waits for the domain to be validated: somebody has to act',
  },
  unvalidated: { type: 'list', help: 'asked for and not validated yet: ACM gives up after 72 h' },
  unused_expired: { type: 'list', help: 'over, and in use by nothing: to be deleted' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
});

export function acmRules({ warn_days, fail_days }: AcmLimits): Partial<Rules> {
  return {
    fail: [
      { when: 'size(expired) > 0', say: 'certificates in use have expired: {expired}; replace them now' },
      { when: 'size(broken) > 0', say: 'certificates in use are not valid: {broken}; replace them now' },
      { when: 'size(missing) > 0', say: 'no issued certificate for {missing}: ask for one in ACM' },
      {
        when: 'size(expiring_now) > 0',
        say: `certificates expire: {expiring_now} (limit ${fail_days} d); renew them now`,
      },
      {
        when: 'size(renewal_failed) > 0',
        say: 'ACM could not renew {renewal_failed}: put the validation records back, or replace it',
      },
    ],
    warn: [
      {
        when: 'size(expiring) > 0',
        say: `certificates expire: {expiring} (limit ${warn_days} d); import new ones, or see why ACM did not renew them`,
      },
      {
        when: 'size(renewal_waiting) > 0',
        say: 'renewal waits for validation: {renewal_waiting}; put the DNS records back, or answer the mail',
      },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}

export const nameOf = ({ domain, region }: Certificate) => `${domain} (${region})`;

export function daysLeft({ notAfter }: Certificate, now: Date): number {
  return notAfter ? Math.floor((notAfter.getTime() - now.getTime()) / dayMs) : Number.POSITIVE_INFINITY;
}

/** What the end and the status of the judged certificates say. */
export function validityFacts(judged: Certificate[], { warn_days, fail_days }: AcmLimits, now: Date) {
  const byEnd = judged.filter(({ notAfter }) => notAfter).toSorted((a, b) => daysLeft(a, now) - daysLeft(b, now));
  const isOver = (one: Certificate) => one.status === 'EXPIRED' || (one.notAfter !== undefined && one.notAfter <= now);
  const valid = byEnd.filter((one) => one.status === 'ISSUED' && !isOver(one));
  const inWords = (one: Certificate) => `${nameOf(one)} ${daysLeft(one, now)} d`;
  const [first] = byEnd;
  return {
    days_left: first ? daysLeft(first, now) : null,
    first_to_expire: first ? nameOf(first) : null,
    first_not_after: first?.notAfter?.toISOString() ?? null,
    expired: few(judged.filter(isOver).map(nameOf)),
    expiring_now: few(valid.filter((one) => daysLeft(one, now) < fail_days).map(inWords)),
    expiring: few(
      valid.filter((one) => daysLeft(one, now) >= fail_days && daysLeft(one, now) < warn_days).map(inWords),
    ),
    broken: few(
      judged
        .filter((one) => one.status !== 'ISSUED' && one.status !== 'PENDING_VALIDATION' && !isOver(one))
        .map((one) => `${nameOf(one)} ${one.status}`),
    ),
  };
}

/** Whether one of its names is this domain, or a wildcard of the level above. */
export function isFor({ names }: Certificate, domain: string): boolean {
  const wildcard = domain.replace(/^[^.]+/, '*');
  return names.some((name) => name.toLowerCase() === domain || name.toLowerCase() === wildcard);
}
