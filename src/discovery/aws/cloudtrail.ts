import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { askAws, awsService } from '../../checks/aws/client.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, type Found } from '../model.ts';

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
    const names = trailList.flatMap(({ Name }) => Name ?? []).sort();
    const found: Found = {
      ...{ name: 'trail', type: 'cloudtrail', params: { trails: names } },
      // Events are looked up twice a second.
      beside: { every: '30m', timeout: '60s' },
      comment: [`Trails: ${firstFew(names, 8)}`, 'Logins to the console are mostly recorded in us-east-1'],
    };
    return { found: [found] };
  },
});
