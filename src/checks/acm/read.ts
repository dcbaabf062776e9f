import type { ACM, CertificateSummary } from '@aws-sdk/client-acm';
import { Unmeasured } from '../../kernel/check.ts';
import { acmPage } from '../aws/acm.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

const mostCertificates = 5_000;

/** Without them ACM lists certificates with an RSA key of 2048 bits only. */
const keyTypes = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
] as const;
/** Without them those that came by ACME stay away. */
const origins = ['AWS_MANAGED', 'CUSTOMER_PROVIDED', 'ACME'] as const;

/** ACM of one region as one probe reads it. All functions throw Unmeasured only. */
export interface AcmReader {
  acm: AwsConnection<ACM>;
  signal: AbortSignal;
}

export interface Certificate {
  arn: string;
  region: string;
  domain: string;
  /** All names that ACM lists, the first with them. */
  names: string[];
  status: string;
  inUse: boolean;
  imported: boolean;
  notAfter: Date | undefined;
}

/** All certificates of the region, whatever key and status. */
export async function certificates({ acm, signal }: AcmReader): Promise<{ items: Certificate[]; complete: boolean }> {
  const question = { action: 'acm:ListCertificates', resource: 'all certificates', region: acm.region };
  return everyPage(async (NextToken) => {
    const request = {
      Includes: { keyTypes: [...keyTypes] },
      CertificateKeyPairOrigins: [...origins],
      MaxItems: acmPage,
    };
    const page = await askAws(acm, question, signal, (client, options) =>
      client.listCertificates({ ...request, NextToken }, options),
    );
    const summaries = listed(page.CertificateSummaryList, question);
    return { items: summaries.map((one) => certificateOf(one, acm.region)), next: page.NextToken };
  }, mostCertificates);
}

function certificateOf(summary: CertificateSummary, region: string): Certificate {
  const { CertificateArn, DomainName, Status, Type, NotAfter, InUse = true } = summary;
  if (!CertificateArn || !DomainName || !Status || (Status === 'ISSUED' && !NotAfter))
    throw new Unmeasured(
      'invalid_answer',
      `acm:ListCertificates in ${region} lists ${DomainName ?? CertificateArn ?? 'a certificate'} without name, status or end`,
    );
  return {
    ...{ arn: CertificateArn, region, domain: DomainName, status: Status, notAfter: NotAfter },
    names: [DomainName, ...(summary.SubjectAlternativeNameSummaries ?? [])],
    // Of one that doesn't say, the worse is assumed.
    inUse: InUse,
    imported: Type === 'IMPORTED',
  };
}

/** How ACM's own renewal of a certificate goes: `PENDING_VALIDATION`; undefined before it began. */
export async function renewalOf({ acm, signal }: AcmReader, { arn, domain }: Certificate) {
  const question = { action: 'acm:DescribeCertificate', resource: `certificate ${domain}` };
  const { Certificate } = await askAws(acm, question, signal, (client, options) =>
    client.describeCertificate({ CertificateArn: arn }, options),
  );
  if (!Certificate) throw new Unmeasured('invalid_answer', `acm:DescribeCertificate says nothing about ${domain}`);
  const { RenewalStatus, RenewalStatusReason } = Certificate.RenewalSummary ?? {};
  return { status: RenewalStatus, reason: RenewalStatusReason };
}
