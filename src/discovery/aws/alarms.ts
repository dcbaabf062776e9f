import { askAws, everyPage } from '../../checks/aws/client.ts';
import { connectCloudWatch } from '../../checks/aws/metric-data.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery } from '../model.ts';

const most = 1_000;

export default defineDiscovery({
  service: 'CloudWatch alarms',
  group: 'monitoring',
  iam: ['cloudwatch:DescribeAlarms'],
  async find({ where, signal }) {
    const cloudwatch = await connectCloudWatch(where, signal);
    const alarms = await everyPage(async (NextToken) => {
      const question = { action: 'cloudwatch:DescribeAlarms', resource: 'all alarms' };
      const page = await askAws(cloudwatch, question, signal, (client, options) =>
        client.describeAlarms({ MaxRecords: 100, NextToken, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }, options),
      );
      return { items: [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])], next: page.NextToken };
    }, most);
    if (alarms.items.length === 0) return { found: [] };
    const firing = alarms.items
      .filter(({ StateValue }) => StateValue === 'ALARM')
      .map(({ AlarmName = '' }) => AlarmName);
    const total = `${alarms.items.length}${alarms.complete ? '' : ' or more'}`;
    const comment = [
      `${total} alarms in CloudWatch, in ALARM now: ${firing.length > 0 ? firstFew(firing.sort(), 5) : 'none'}`,
      'Alarms that only scale something fire by day and night: leave those out',
    ];
    return { found: [{ name: 'alarms', type: 'cloudwatch-alarms', params: {}, comment }] };
  },
});
