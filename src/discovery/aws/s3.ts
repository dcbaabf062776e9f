import type { S3 } from '@aws-sdk/client-s3';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { defineDiscovery, type Found } from '../model.ts';

const connect = awsService<S3>({
  load: async () => (await import('@aws-sdk/client-s3')).S3,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 100;

export default defineDiscovery({
  service: 'S3',
  group: 'data',
  iam: ['s3:ListAllMyBuckets'],
  global: true,
  async find({ where, signal }) {
    const s3 = await connect(where, signal);
    const { items, complete } = await everyPage(async (ContinuationToken) => {
      const question = { action: 's3:ListAllMyBuckets', resource: 'all buckets' };
      const page = await askAws(s3, question, signal, (client, options) =>
        client.listBuckets({ MaxBuckets: most, ContinuationToken }, options),
      );
      return { items: page.Buckets, next: page.ContinuationToken };
    }, most);
    return {
      found: items.flatMap(({ Name, BucketRegion }) => (Name ? [checkOf(Name, BucketRegion)] : [])),
      remarks: complete ? [] : [`there are more buckets than these ${items.length}`],
    };
  },
});

/** Which bucket holds backups, and under which keys, nobody can tell from its name. */
function checkOf(bucket: string, region: string | undefined): Found {
  return {
    ...{ name: `${bucket} objects`, type: 's3-objects', params: { bucket, key: 'YYYY/MM/DD/*' } },
    ...(region && { region }),
    comment: [`Bucket ${bucket}: if a job writes backups into it, say under which keys, and how often`],
    off: true,
  };
}
