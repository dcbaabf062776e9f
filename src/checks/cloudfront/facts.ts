import type { Origin } from '@aws-sdk/client-cloudfront';
import type { Facts, Rules } from '../../kernel/check.ts';
import { notRead, withUnread } from '../aws/unread.ts';
import { few } from '../facts/few.ts';
import type { DistributionState } from './read.ts';

export interface CloudFrontLimits {
  aliases?: string[] | undefined;
  warn_5xx_pct: number;
  fail_5xx_pct: number;
  warn_4xx_pct?: number | undefined;
  quiet: 'unknown' | 'ok' | 'fail';
}

/** AWS says minutes; the SDK's own waiter gives up after 35. */
const longestRolloutMin = 60;
/** Versions of TLS below 1.2, as CloudFront names what it takes. */
const old = /^(SSLv3|TLSv1(_2016)?|TLSv1\.1_2016)$/;

const noShare = (facts: Facts) =>
  notRead(facts) ??
  (facts.requests_5m === 0
    ? `distribution ${facts.distribution} had no request in 15 min, so nothing tells whether it answers: set quiet: ok if that is usual, or see where its names point`
    : `CloudWatch has requests of distribution ${facts.distribution}, and not how they were answered`);

export const cloudFrontFacts = withUnread({
  distribution: { type: 'string', help: 'the parameter' },
  domain: { type: 'string', help: 'its name at CloudFront: `d111111abcdef8.cloudfront.net`' },
  enabled: { type: 'bool', help: 'whether it answers viewers at all' },
  status: { type: 'string', help: '`Deployed`, or `InProgress` while a change is on its way to the edges' },
  changed_min: {
    ...{ type: 'number', unit: 'min', help: 'since it was last changed' },
    whyAbsent: () => 'CloudFront does not say when it was last changed',
  },
  invalidations: { type: 'number', help: 'batches of invalidations on their way' },
  aliases: { type: 'list', help: 'its alternate domain names' },
  missing: { type: 'list', help: 'of `aliases`, those that neither an alias nor a wildcard of it is for' },
  certificate: {
    type: 'string',
    help: 'what viewers are shown: `ACM 1234abcd-…`, `IAM ASCA…`, or `default *.cloudfront.net`; `acm` counts its days',
  },
  own_certificate: { type: 'bool', help: 'whether that is not CloudFront’s own' },
  min_tls: { type: 'string', help: 'oldest version that viewers may use, as CloudFront names it: `TLSv1.2_2021`' },
  old_tls: { type: 'bool', help: 'whether that is below TLS 1.2; with CloudFront’s own certificate it always is' },
  origins: { type: 'list', help: 'where it gets what it serves: `shop-web.s3.eu-west-1.amazonaws.com (S3)`' },
  open_s3_origins: {
    type: 'list',
    help: 'S3 origins that it reads without an origin access control: their buckets have to be public',
  },
  traffic_read: { type: 'bool', help: 'whether CloudWatch was asked for the requests' },
  requests_5m: {
    type: 'number',
    help: 'requests in the 5 min up to the newest that CloudWatch knows of; 0 = none in 15 min',
  },
  error_5xx_pct: {
    ...{ type: 'number', unit: '%', help: 'of these, answered 5xx; null without requests', whyAbsent: noShare },
  },
  error_4xx_pct: {
    ...{ type: 'number', unit: '%', help: 'of these, answered 4xx; null without requests', whyAbsent: noShare },
  },
  traffic: { type: 'string', help: 'the same in words' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
});

export function cloudFrontRules({ aliases, warn_5xx_pct, fail_5xx_pct, warn_4xx_pct, quiet }: CloudFrontLimits) {
  // Off, it answers nobody, so nothing more is asked of it; quiet, where that is told otherwise.
  const answers = quiet === 'unknown' ? 'enabled' : 'enabled && !(traffic_read && requests_5m == 0)';
  const over = (status: string, limit: number) => ({
    when: `${answers} && error_${status}_pct > ${limit}`,
    say: `{error_${status}_pct} of {requests_5m} requests answered ${status} in 5 min (limit ${limit} %): see its origins {origins}`,
  });
  return {
    fail: [
      { when: '!enabled', say: 'distribution {distribution} is disabled: enable it, or take the check out' },
      ...(aliases
        ? [{ when: 'size(missing) > 0', say: '{missing} is no alias of distribution {distribution}: add it there' }]
        : []),
      ...(quiet === 'fail'
        ? [
            {
              when: 'enabled && traffic_read && requests_5m == 0',
              say: 'no request in 15 min: see where the names of distribution {distribution} point',
            },
          ]
        : []),
      over('5xx', fail_5xx_pct),
    ],
    warn: [
      over('5xx', warn_5xx_pct),
      ...(warn_4xx_pct === undefined ? [] : [over('4xx', warn_4xx_pct)]),
      {
        when: `status == 'InProgress' && changed_min > ${longestRolloutMin}`,
        say: `a change is on its way for {changed_min} (limit ${longestRolloutMin} min): open a case with AWS Support`,
      },
      { when: "status != 'Deployed' && status != 'InProgress'", say: 'distribution {distribution} is {status}' },
      {
        when: 'size(aliases) > 0 && !own_certificate',
        say: 'HTTPS under {aliases} shows the certificate of {certificate}: give it one of its own from ACM in us-east-1',
      },
      {
        when: 'own_certificate && old_tls',
        say: 'viewers may use TLS below 1.2 ({min_tls}): set the security policy to TLSv1.2_2021',
      },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  } satisfies Partial<Rules>;
}

/** What CloudFront says of it. */
export function distributionFacts(state: DistributionState, { aliases = [] }: CloudFrontLimits, now: Date): Facts {
  const { id, domain, enabled, status, changedAt, certificate, minTls, origins } = state;
  return {
    ...{ distribution: id, domain, enabled, status },
    changed_min: changedAt ? Math.floor((now.getTime() - changedAt.getTime()) / 60_000) : null,
    invalidations: state.invalidations ?? null,
    aliases: few(state.aliases),
    missing: few(aliases.filter((name) => !state.aliases.some((alias) => isFor(alias, name)))),
    certificate: `${certificate.from} ${certificate.id}`,
    own_certificate: certificate.from !== 'default',
    min_tls: minTls ?? null,
    old_tls: minTls === undefined ? null : old.test(minTls),
    origins: few(origins.map((origin) => `${origin.DomainName}${isS3(origin) ? ' (S3)' : ''}`)),
    open_s3_origins: few(origins.filter(isOpen).map(({ DomainName = '' }) => DomainName)),
  };
}

/** A wildcard of CloudFront is for every level below it. */
function isFor(alias: string, name: string): boolean {
  return alias === name || (alias.startsWith('*.') && name.endsWith(alias.slice(1)) && !name.startsWith('*'));
}

/** A bucket's website is a custom origin to CloudFront, and answers as one. */
function isS3({ S3OriginConfig }: Origin): boolean {
  return S3OriginConfig !== undefined;
}

function isOpen(origin: Origin): boolean {
  return isS3(origin) && !origin.S3OriginConfig?.OriginAccessIdentity && !origin.OriginAccessControlId;
}
