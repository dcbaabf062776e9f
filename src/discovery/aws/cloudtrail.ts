import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { askAws, awsService } from '../../checks/aws/client.ts';
import { defineDiscovery } from '../model.ts';

const connect = awsService<CloudTrail>({
  load: async () => (await import('@aws-sdk/client-cloudtrail')).CloudTrail,
  pace: { perSecond: 2, concurrent: 1 },
});

export default defineDiscovery({
  service: 'CloudTrail',
  group: 'security',
  iam: ['cloudtrail:DescribeTrails'],
  async find({ where, signal }) {
    const cloudtrail = await connect(where, signal);
    const question = { action: 'cloudtrail:DescribeTrails', resource: 'all trails' };
    const { trailList = [] } = await askAws(cloudtrail, question, signal, (client, options) =>
      client.describeTrails({}, options),
    );
    if (trailList.length === 0)
      return { found: [], remarks: ['there is no trail: what is done in this account is not kept'] };
    return {
      // A trail of all regions is listed in each of them: it is asked where it lives.
      found: trailList.flatMap(({ Name: name, HomeRegion: region, IsMultiRegionTrail }) => {
        const comment = [`Trail ${name} of ${IsMultiRegionTrail ? 'all regions' : region}`];
        return name ? [{ name, type: 'cloudtrail', params: { trail: name }, ...(region && { region }), comment }] : [];
      }),
    };
  },
});
