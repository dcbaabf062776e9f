import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { Unmeasured } from '../../kernel/check.ts';
import type { Where } from '../aws/account.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { connectEc2 } from '../aws/ec2.ts';
import { connectElastiCache, elastiCachePage } from '../aws/elasticache.ts';
import { listed } from '../aws/listed.ts';
import { connectRds, rdsPage } from '../aws/rds.ts';

const most = 10_000;
/** EC2 answers at most this many volumes a page. */
const volumesPage = 500;

/** One account and region. All functions throw Unmeasured only. */
export interface Reader {
  where: Where;
  signal: AbortSignal;
}

/** Something that stores data. */
export interface Stored {
  name: string;
  encrypted: boolean;
  /** Of caches: whether connections are encrypted too. */
  inTransit?: boolean;
}

export interface Found {
  items: Stored[];
  complete: boolean;
}

interface Page {
  items: Stored[] | undefined;
  next: string | undefined;
}

type Send<Client, Answer> = (client: Client, options: { abortSignal: AbortSignal }) => Promise<Answer>;

/** All pages of one kind. */
function all<Client extends { config: { region(): Promise<string>; credentials(): Promise<unknown> } }, Answer>(
  aws: AwsConnection<Client>,
  { action, resource, signal }: { action: string; resource: string; signal: AbortSignal },
  send: (token: string | undefined) => Send<Client, Answer>,
  read: (answer: Answer) => Page,
): Promise<Found> {
  return everyPage(async (token) => {
    const { items, next } = read(await askAws(aws, { action, resource }, signal, send(token)));
    return { items: listed(items, { action, resource, region: aws.region }), next };
  }, most);
}

function stored(kind: string, name: string | undefined, encrypted: boolean | undefined): Stored {
  if (name === undefined || encrypted === undefined)
    throw new Unmeasured(
      'invalid_answer',
      `AWS does not say of ${kind} ${name ?? 'without a name'} whether it is encrypted`,
    );
  return { name: `${kind} ${name}`, encrypted };
}

function together(...lists: Found[]): Found {
  return { items: lists.flatMap(({ items }) => items), complete: lists.every(({ complete }) => complete) };
}

/** Instances and clusters of RDS, Aurora, Neptune and DocumentDB; an instance of a cluster is the cluster's. */
export async function databases({ where, signal }: Reader): Promise<Found> {
  const rds = await connectRds(where, signal);
  const instances = all(
    rds,
    { action: 'rds:DescribeDBInstances', resource: 'all instances', signal },
    (Marker) => (client, options) => client.describeDBInstances({ MaxRecords: rdsPage, Marker }, options),
    ({ DBInstances, Marker }) => ({
      items: DBInstances?.filter(({ DBClusterIdentifier }) => !DBClusterIdentifier).map((one) =>
        stored('instance', one.DBInstanceIdentifier, one.StorageEncrypted),
      ),
      next: Marker,
    }),
  );
  const clusters = all(
    rds,
    { action: 'rds:DescribeDBClusters', resource: 'all clusters', signal },
    (Marker) => (client, options) => client.describeDBClusters({ MaxRecords: rdsPage, Marker }, options),
    ({ DBClusters, Marker }) => ({
      items: DBClusters?.map((one) => stored('cluster', one.DBClusterIdentifier, one.StorageEncrypted)),
      next: Marker,
    }),
  );
  return together(...(await Promise.all([instances, clusters])));
}

export async function volumes({ where, signal }: Reader): Promise<Found> {
  return all(
    await connectEc2(where, signal),
    { action: 'ec2:DescribeVolumes', resource: 'all volumes', signal },
    (NextToken) => (client, options) => client.describeVolumes({ MaxResults: volumesPage, NextToken }, options),
    ({ Volumes, NextToken }) => ({
      items: Volumes?.map((one) => stored('volume', one.VolumeId, one.Encrypted)),
      next: NextToken,
    }),
  );
}

/** Whether new volumes of the region are encrypted whoever makes them. */
export async function volumesByDefault({ where, signal }: Reader): Promise<boolean> {
  const ec2 = await connectEc2(where, signal);
  const question = { action: 'ec2:GetEbsEncryptionByDefault', resource: 'the region' };
  const { EbsEncryptionByDefault } = await askAws(ec2, question, signal, (client, options) =>
    client.getEbsEncryptionByDefault({}, options),
  );
  if (EbsEncryptionByDefault !== undefined) return EbsEncryptionByDefault;
  throw new Unmeasured('invalid_answer', `${question.action} in ${ec2.region} does not say whether it is on`);
}

/** `preferred`, a step on the way to TLS, takes connections in plain too. */
function talksTlsOnly({ TransitEncryptionEnabled, TransitEncryptionMode }: ReplicationGroup | CacheCluster): boolean {
  return TransitEncryptionEnabled === true && TransitEncryptionMode !== 'preferred';
}

/** Replication groups and clusters that stand alone; serverless caches are always encrypted. */
export async function caches({ where, signal }: Reader): Promise<Found> {
  const elastiCache = await connectElastiCache(where, signal);
  const groups = all(
    elastiCache,
    { action: 'elasticache:DescribeReplicationGroups', resource: 'all replication groups', signal },
    (Marker) => (client, options) => client.describeReplicationGroups({ MaxRecords: elastiCachePage, Marker }, options),
    ({ ReplicationGroups, Marker }) => ({
      items: ReplicationGroups?.map((one) => ({
        ...stored('replication group', one.ReplicationGroupId, one.AtRestEncryptionEnabled),
        inTransit: talksTlsOnly(one),
      })),
      next: Marker,
    }),
  );
  const alone = all(
    elastiCache,
    { action: 'elasticache:DescribeCacheClusters', resource: 'all clusters', signal },
    (Marker) => (client, options) =>
      client.describeCacheClusters(
        { MaxRecords: elastiCachePage, ShowCacheClustersNotInReplicationGroups: true, Marker },
        options,
      ),
    ({ CacheClusters, Marker }) => ({
      items: CacheClusters?.map((one) => ({
        // Memcached keeps nothing on disk, and so has no encryption at rest to lack.
        ...stored('cluster', one.CacheClusterId, one.Engine === 'memcached' || one.AtRestEncryptionEnabled),
        inTransit: talksTlsOnly(one),
      })),
      next: Marker,
    }),
  );
  return together(...(await Promise.all([groups, alone])));
}
