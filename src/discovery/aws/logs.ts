import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { defineDiscovery, type Found } from '../model.ts';

const connect = awsService<CloudWatchLogs>({
  load: async () => (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs,
  pace: { perSecond: 5, concurrent: 1 },
});
/** There may be thousands: these are examples. */
const most = 25;

export default defineDiscovery({
  service: 'CloudWatch Logs',
  group: 'monitoring',
  iam: ['logs:DescribeLogGroups'],
  async find({ where, signal }) {
    const logs = await connect(where, signal);
    const { items, complete } = await everyPage(async (nextToken) => {
      const question = { action: 'logs:DescribeLogGroups', resource: 'all log groups' };
      const page = await askAws(logs, question, signal, (client, options) =>
        client.describeLogGroups({ limit: most, nextToken }, options),
      );
      return { items: page.logGroups, next: page.nextToken };
    }, most);
    return {
      found: items.flatMap(({ logGroupName }) => (logGroupName ? [checkOf(logGroupName)] : [])),
      remarks: complete ? [] : [`there are more log groups than these ${items.length}`],
    };
  },
});

function checkOf(group: string): Found {
  return {
    ...{ name: `${group} errors`, type: 'cloudwatch-logs', params: { log_groups: [group], pattern: 'ERROR' } },
    beside: { timeout: '20s' },
    comment: [`Lines with ERROR in ${group}: choose the pattern and the limit`],
    off: true,
  };
}
