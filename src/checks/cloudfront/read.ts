import type { CloudFront, Distribution, Origin } from '@aws-sdk/client-cloudfront';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws } from '../aws/client.ts';

/** What a distribution is set to, and how far that has come. */
export interface DistributionState {
  id: string;
  /** `d111111abcdef8.cloudfront.net`. */
  domain: string;
  enabled: boolean;
  /** `Deployed`, `InProgress`. */
  status: string;
  changedAt: Date | undefined;
  /** Lower case. */
  aliases: string[];
  /** `default` is CloudFront's own, for `*.cloudfront.net`. */
  certificate: { from: 'default' | 'ACM' | 'IAM'; id: string };
  /** `TLSv1.2_2021`; undefined = AWS did not say. */
  minTls: string | undefined;
  origins: Origin[];
  /** Batches on their way. */
  invalidations: number | undefined;
}

/** The distribution with this id. Throws Unmeasured. */
export async function readDistribution(
  { cloudFront, signal }: { cloudFront: AwsConnection<CloudFront>; signal: AbortSignal },
  id: string,
): Promise<DistributionState> {
  const question = { action: 'cloudfront:GetDistribution', resource: `distribution ${id}` };
  const { Distribution } = await askAws(cloudFront, question, signal, (client, options) =>
    client.getDistribution({ Id: id }, options),
  );
  const state = stateOf(Distribution);
  if (!state)
    throw new Unmeasured('invalid_answer', `${question.action} on ${question.resource}: without state or origins`);
  return state;
}

/** Undefined = not what AWS documents. */
function stateOf(distribution: Distribution | undefined): DistributionState | undefined {
  const { Id, DomainName, Status, DistributionConfig, LastModifiedTime } = distribution ?? {};
  const { Enabled, Origins, Aliases, ViewerCertificate = {} } = DistributionConfig ?? {};
  if (!Id || !DomainName || !Status || Enabled === undefined || !Origins?.Items?.length) return undefined;
  const { ACMCertificateArn, IAMCertificateId, MinimumProtocolVersion } = ViewerCertificate;
  return {
    ...{ id: Id, domain: DomainName, enabled: Enabled, status: Status, changedAt: LastModifiedTime },
    aliases: (Aliases?.Items ?? []).map((alias) => alias.toLowerCase()),
    certificate: ACMCertificateArn
      ? { from: 'ACM', id: ACMCertificateArn.slice(ACMCertificateArn.lastIndexOf('/') + 1) }
      : IAMCertificateId
        ? { from: 'IAM', id: IAMCertificateId }
        : { from: 'default', id: '*.cloudfront.net' },
    minTls: MinimumProtocolVersion,
    origins: Origins.Items,
    invalidations: distribution?.InProgressInvalidationBatches,
  };
}
