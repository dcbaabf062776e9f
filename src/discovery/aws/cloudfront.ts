import type { CloudFront, DistributionSummary } from '@aws-sdk/client-cloudfront';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { cloudFrontRegion } from '../../checks/aws/cloudfront.ts';
import { listed } from '../../checks/aws/listed.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, type Found, onlyFirst } from '../model.ts';

const connect = awsService<CloudFront>({
  load: async () => (await import('@aws-sdk/client-cloudfront')).CloudFront,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 200;

export default defineDiscovery({
  service: 'CloudFront',
  group: 'services',
  iam: ['cloudfront:ListDistributions'],
  global: true,
  async find({ where, signal }) {
    const cloudFront = await connect({ ...where, region: cloudFrontRegion }, signal);
    const question = { action: 'cloudfront:ListDistributions', resource: 'all distributions' };
    const distributions = await everyPage(async (Marker) => {
      const { DistributionList: page } = await askAws(cloudFront, question, signal, (client, options) =>
        client.listDistributions({ MaxItems: 100, Marker }, options),
      );
      // Without distributions there is a quantity, and no list.
      const items = page?.Quantity === 0 ? [] : listed(page?.Items, { ...question, region: cloudFront.region });
      return { items, next: page?.NextMarker };
    }, most);
    return {
      found: distributions.items.flatMap(checkOf),
      remarks: onlyFirst(distributions, 'distributions'),
    };
  },
});

function checkOf({ Id, DomainName, Comment, Aliases, Enabled, Staging }: DistributionSummary): Found[] {
  if (!Id) return [];
  const aliases = Aliases?.Items ?? [];
  const state = Enabled ? (Staging ? ', for staging' : '') : ', disabled';
  const names = aliases.length > 0 ? `for ${firstFew(aliases, 6)}` : 'without aliases';
  return [
    {
      ...{ name: `${aliases[0] ?? Id} cdn`, type: 'cloudfront', region: cloudFrontRegion },
      params: { distribution: Id, ...(aliases.length > 0 && { aliases }) },
      comment: [`Distribution ${Id} at ${DomainName}${state}, ${names}${Comment ? `: ${Comment}` : ''}`],
      ...((!Enabled || Staging) && { off: true }),
    },
  ];
}
