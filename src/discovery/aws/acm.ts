import type { ACM, KeyAlgorithm } from '@aws-sdk/client-acm';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, onlyFirst } from '../model.ts';

const connect = awsService<ACM>({
  load: async () => (await import('@aws-sdk/client-acm')).ACM,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 500;
/** Unasked, ACM lists those with RSA keys of up to 2048 bits alone. */
const keyTypes: KeyAlgorithm[] = [
  ...(['RSA_1024', 'RSA_2048', 'RSA_3072', 'RSA_4096'] as const),
  ...(['EC_prime256v1', 'EC_secp384r1', 'EC_secp521r1'] as const),
];

export default defineDiscovery({
  service: 'Certificates (ACM)',
  group: 'services',
  iam: ['acm:ListCertificates'],
  async find({ where, signal }) {
    const acm = await connect(where, signal);
    const certificates = await everyPage(async (NextToken) => {
      const question = { action: 'acm:ListCertificates', resource: 'all certificates' };
      const page = await askAws(acm, question, signal, (client, options) =>
        client.listCertificates({ MaxItems: 100, NextToken, Includes: { keyTypes } }, options),
      );
      return { items: page.CertificateSummaryList, next: page.NextToken };
    }, most);
    if (certificates.items.length === 0) return { found: [] };
    const domains = [...new Set(certificates.items.flatMap(({ DomainName }) => DomainName ?? []))].sort();
    const comment = [`${certificates.items.length} certificates: ${firstFew(domains, 8)}`];
    return {
      found: [{ name: 'certificates', type: 'acm', params: {}, comment }],
      remarks: onlyFirst(certificates, 'certificates'),
    };
  },
});
