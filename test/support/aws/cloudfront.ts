import { AwsRefusal } from './refusal.ts';
import type { RestService } from './service.ts';
import { tokenPage } from './tokens.ts';

export interface StandInOrigin {
  domain: string;
  /** Without: a custom origin. */
  s3?: { identity?: string };
  accessControl?: string;
}

export interface StandInDistribution {
  /** Undefined = left out of the answer, as the other ones. */
  enabled?: boolean | undefined;
  status?: string | undefined;
  changedAt?: Date | undefined;
  aliases?: string[];
  comment?: string;
  /** Without: CloudFront's own. */
  certificate?: { acm: string } | { iam: string };
  minTls?: string | undefined;
  origins?: StandInOrigin[] | undefined;
  invalidations?: number;
}

/** What the stand-in knows, by id; change it between two looks. */
export interface CloudFrontState {
  distributions: Record<string, StandInDistribution>;
}

const path = '/2020-05-31/distribution';
/** With CloudFront's own certificate AWS says this, whatever was set. */
const oldest = 'TLSv1';

/** Amazon CloudFront's GetDistribution and ListDistributions (REST, XML), as far as the bot asks. */
export function cloudFrontStandIn(state: CloudFrontState): RestService {
  return {
    ...{ protocol: 'rest-xml', wrapped: true, signingName: 'cloudfront', iamPrefix: 'cloudfront' },
    routes: [
      {
        ...{ method: 'GET', path: `${path}/{Id}`, operation: 'GetDistribution' },
        run({ Id }) {
          const found = state.distributions[String(Id)];
          if (!found)
            throw new AwsRefusal('NoSuchDistribution', 'The specified distribution does not exist.', { status: 404 });
          return { Distribution: wireDistribution(String(Id), found) };
        },
      },
      {
        ...{ method: 'GET', path, operation: 'ListDistributions' },
        run({ MaxItems, Marker }) {
          const all = Object.entries(state.distributions);
          const { items, next } = tokenPage(
            all,
            { size: MaxItems, token: Marker, most: 100 },
            (message) => new AwsRefusal('InvalidArgument', message),
          );
          const DistributionSummary = items.map(([id, one]) => wireSummary(id, one));
          return {
            DistributionList: {
              ...{ Marker, NextMarker: next, MaxItems: 100, IsTruncated: next !== undefined },
              ...{ Quantity: items.length, ...(items.length > 0 && { Items: { DistributionSummary } }) },
            },
          };
        },
      },
    ],
  };
}

const listOf = (name: string, items: unknown[]) => ({
  ...{ Quantity: items.length, ...(items.length > 0 && { Items: { [name]: items } }) },
});

/** What is the same in the summary and in the config. */
function wireConfig({ enabled, aliases = [], comment = '', certificate, minTls, origins }: StandInDistribution) {
  return {
    ...{ Aliases: listOf('CNAME', aliases), Comment: comment, Enabled: enabled },
    ...(origins && { Origins: listOf('Origin', origins.map(wireOrigin)) }),
    ViewerCertificate: {
      CloudFrontDefaultCertificate: certificate === undefined,
      ...(certificate && 'acm' in certificate && { ACMCertificateArn: certificate.acm, SSLSupportMethod: 'sni-only' }),
      ...(certificate && 'iam' in certificate && { IAMCertificateId: certificate.iam, SSLSupportMethod: 'sni-only' }),
      MinimumProtocolVersion: certificate === undefined ? oldest : minTls,
    },
  };
}

const known = (id: string, { status, changedAt }: StandInDistribution) => ({
  ...{ Id: id, ARN: `arn:aws:cloudfront::123456789012:distribution/${id}`, Status: status },
  ...{ LastModifiedTime: changedAt, DomainName: `${id.toLowerCase()}.cloudfront.net` },
});

function wireSummary(id: string, one: StandInDistribution) {
  return { ...known(id, one), ...wireConfig(one) };
}

function wireDistribution(id: string, one: StandInDistribution) {
  return {
    ...{ ...known(id, one), InProgressInvalidationBatches: one.invalidations ?? 0 },
    DistributionConfig: { CallerReference: 'once', ...wireConfig(one) },
  };
}

function wireOrigin({ domain, s3, accessControl }: StandInOrigin) {
  return {
    ...{ Id: domain, DomainName: domain, OriginAccessControlId: accessControl ?? '' },
    ...(s3
      ? { S3OriginConfig: { OriginAccessIdentity: s3.identity ?? '' } }
      : { CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' } }),
  };
}
