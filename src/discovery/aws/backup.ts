import type { Backup } from '@aws-sdk/client-backup';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { firstFew } from '../../kernel/first-few.ts';
import { defineDiscovery, onlyFirst } from '../model.ts';

const connect = awsService<Backup>({
  load: async () => (await import('@aws-sdk/client-backup')).Backup,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 200;

export default defineDiscovery({
  service: 'AWS Backup',
  group: 'data',
  iam: ['backup:ListBackupPlans'],
  async find({ where, signal }) {
    const backup = await connect(where, signal);
    const plans = await everyPage(async (NextToken) => {
      const question = { action: 'backup:ListBackupPlans', resource: 'all plans' };
      const page = await askAws(backup, question, signal, (client, options) =>
        client.listBackupPlans({ MaxResults: 100, NextToken }, options),
      );
      return { items: page.BackupPlansList, next: page.NextToken };
    }, most);
    if (plans.items.length === 0) return { found: [] };
    const names = plans.items.flatMap(({ BackupPlanName }) => BackupPlanName ?? []).sort();
    const comment = [`Backup plans: ${firstFew(names, 8)}`, 'Set how old the newest backup may be: your RPO'];
    const beside = { every: '15m', timeout: '30s' };
    return {
      found: [{ name: 'backups', type: 'backup', params: {}, beside, comment }],
      remarks: onlyFirst(plans, 'plans'),
    };
  },
});
