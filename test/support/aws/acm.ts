import type { CertificateDetail, CertificateSummary } from '@aws-sdk/client-acm';
import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

export interface AcmCertificate extends CertificateSummary {
  region: string;
  renewal?: Partial<CertificateDetail['RenewalSummary']>;
}

/** What the stand-in knows, by a certificate's id; change it between two looks. */
export interface AcmState {
  certificates: Record<string, AcmCertificate>;
  /** Certificates on a page, whatever was asked for: ACM may answer fewer. */
  pageSize?: number;
  /** Regions that refuse; others answer. */
  deniedIn?: string;
}

const keyTypes = new Set([
  ...['RSA_1024', 'RSA_2048', 'RSA_3072', 'RSA_4096'],
  ...['EC_prime256v1', 'EC_secp384r1', 'EC_secp521r1'],
]);

/** AWS Certificate Manager (AWS JSON 1.1): its filters that leave certificates out, page caps, tokens and errors. */
export function acmStandIn(state: AcmState): JsonService {
  const arn = (id: string) => `arn:aws:acm:${state.certificates[id]?.region}:123456789012:certificate/${id}`;
  return {
    ...{ signingName: 'acm', iamPrefix: 'acm', target: 'CertificateManager' },
    contentType: 'application/x-amz-json-1.1',
    operations: {
      ListCertificates(input, { region }) {
        if (state.deniedIn === region)
          throw new AwsRefusal('AccessDeniedException', 'not authorized to perform: acm:ListCertificates');
        const asked = (input.Includes as { keyTypes?: string[] } | undefined)?.keyTypes ?? ['RSA_2048'];
        const origins = (input.CertificateKeyPairOrigins as string[] | undefined) ?? [
          'AWS_MANAGED',
          'CUSTOMER_PROVIDED',
        ];
        const stranger = asked.find((type) => !keyTypes.has(type));
        if (stranger) throw new AwsRefusal('ValidationException', `keyTypes failed to satisfy constraint: ${stranger}`);
        const found = Object.entries(state.certificates).filter(
          ([, one]) =>
            one.region === region &&
            asked.includes(one.KeyAlgorithm ?? 'RSA_2048') &&
            origins.includes(one.CertificateKeyPairOrigin ?? 'AWS_MANAGED'),
        );
        const size = Number(input.MaxItems ?? 1_000);
        if (!(size >= 1 && size <= 1_000)) throw new AwsRefusal('ValidationException', 'MaxItems must be 1 to 1000');
        const from = Number(input.NextToken ?? 0);
        if (!Number.isInteger(from)) throw new AwsRefusal('InvalidArgsException', 'Invalid NextToken');
        const next = from + Math.min(size, state.pageSize ?? 1_000);
        return {
          CertificateSummaryList: found.slice(from, next).map(([id, { region: _, renewal: __, ...summary }]) => ({
            ...summary,
            CertificateArn: arn(id),
            NotAfter: summary.NotAfter && summary.NotAfter.getTime() / 1000,
          })),
          NextToken: next < found.length ? String(next) : undefined,
        };
      },
      DescribeCertificate({ CertificateArn }) {
        const id = String(CertificateArn).split('/')[1] ?? '';
        const one = state.certificates[id];
        if (!one) throw new AwsRefusal('ResourceNotFoundException', `Could not find certificate ${CertificateArn}.`);
        return { Certificate: { CertificateArn, DomainName: one.DomainName, RenewalSummary: one.renewal } };
      },
    },
  };
}
