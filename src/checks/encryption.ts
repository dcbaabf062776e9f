import { z } from 'zod';
import { defineCheck, type Facts, type Probe, Unmeasured } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { account, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { reasonOf } from './aws/reason.ts';
import { buckets } from './encryption/buckets.ts';
import { bucketFacts, encryptionFacts, encryptionRules, type Kind, kinds, storedFacts } from './encryption/facts.ts';
import { caches, databases, type Found, type Reader, volumes, volumesByDefault } from './encryption/read.ts';

const params = z.strictObject({
  of: z
    .array(z.enum(kinds))
    .min(1)
    .default([...kinds])
    .describe('what is looked at: `rds`, `ebs`, `s3`, `elasticache`; default: all of them'),
  except: z
    .array(z.string().min(1))
    .default([])
    .describe('names of databases, volumes, buckets and caches that are not judged: `[vol-0123, public-assets]`'),
  kms: z.boolean().default(false).describe('whether buckets have to use a key of KMS; S3’s own keys warn then'),
  account,
  region,
});
type Target = z.output<typeof params>;

const actions: Record<Kind, string[]> = {
  rds: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
  ebs: ['ec2:DescribeVolumes', 'ec2:GetEbsEncryptionByDefault'],
  s3: ['s3:ListAllMyBuckets', 's3:GetEncryptionConfiguration'],
  elasticache: ['elasticache:DescribeReplicationGroups', 'elasticache:DescribeCacheClusters'],
};

export default defineCheck({
  type: 'encryption',
  summary: 'Whether everything of a region that stores data is encrypted: RDS, EBS, S3, ElastiCache',
  catalogue: ['H33'],
  params,
  facts: () => encryptionFacts,
  rules: encryptionRules,
  okSays: ({ of }) =>
    `${kinds.flatMap((kind) => (of.includes(kind) ? [counted[kind]] : [])).join(', ')}: all encrypted`,
  iam: kinds.flatMap((kind) => actions[kind]),
  iamFor: ({ of }) => kinds.flatMap((kind) => (of.includes(kind) ? actions[kind] : [])),
  describe: ({ of }) => `encryption of ${of.join(', ')}`,
  lane: (target) => awsLane('encryption', target),
  example: `- id: encryption
  group: platform
  every: 6h
  timeout: 60s
  encryption: {except: [public-assets], region: eu-west-1}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal } = probe;
    const unread: string[] = [];
    const reader: Reader = { where: whereOf(probe), signal: partsSignal };
    const read = readersOf(reader, target.except, { unread, signal });
    const wanted = [...new Set(target.of)];
    const parts = await Promise.all(
      wanted.map((kind) =>
        read[kind]().catch((error: unknown) => {
          unread.push(reasonOf(error, signal));
          return error as Unmeasured;
        }),
      ),
    );
    const measured = parts.filter((each) => !(each instanceof Unmeasured));
    const [first] = parts;
    if (measured.length === 0 && first instanceof Unmeasured) throw first;
    const facts: Facts = Object.assign({}, nothingRead, ...measured);
    const counts = { rds: facts.databases, ebs: facts.volumes, s3: facts.buckets, elasticache: facts.caches };
    if (wanted.every((kind) => counts[kind] === 0))
      throw new Unmeasured(
        'empty',
        `nothing of ${wanted.join(', ')} stores data in ${reader.where.region ?? 'the default region'}`,
        {
          next: 'check account, region, of and except',
        },
      );
    return { facts: { ...facts, unread } };
  },
});

const counted: Record<Kind, string> = {
  ...{ rds: '{databases} databases', ebs: '{volumes} volumes' },
  ...{ s3: '{buckets} buckets', elasticache: '{caches} caches' },
};

/** What was not asked for, or refused, stays so. */
const nothingRead: Facts = {
  ...{ databases: null, databases_unencrypted: null },
  ...{ volumes: null, volumes_unencrypted: null, volumes_by_default: null },
  ...{ buckets: null, buckets_unencrypted: null, buckets_without_kms: null },
  ...{ caches: null, caches_unencrypted: null, caches_in_plain: null },
};

/** How each kind is read and what it says; a kind that refuses must not hide the others. */
function readersOf(
  reader: Reader,
  except: string[],
  { unread, signal }: { unread: string[]; signal: AbortSignal },
): Record<Kind, () => Promise<Facts>> {
  const judged = async (what: string, found: Promise<Found>): Promise<Found> => {
    const { items, complete } = await found;
    if (!complete) unread.push(`what comes after the first ${items.length} (${what})`);
    return { complete, items: items.filter(({ name }) => !except.includes(name.slice(name.lastIndexOf(' ') + 1))) };
  };
  return {
    async rds() {
      const { count, lacking } = storedFacts(await judged('databases', databases(reader)));
      return { databases: count, databases_unencrypted: lacking };
    },
    async ebs() {
      const [found, volumes_by_default] = await Promise.all([
        judged('volumes', volumes(reader)),
        part(unread, signal, () => volumesByDefault(reader)),
      ]);
      const { count, lacking } = storedFacts(found);
      return { volumes: count, volumes_unencrypted: lacking, volumes_by_default };
    },
    async s3() {
      const found = await buckets(reader, { except, unread, signal });
      if (!found.complete) unread.push(`buckets past the first ${found.items.length}`);
      return bucketFacts(found);
    },
    async elasticache() {
      const found = await judged('caches', caches(reader));
      const { count, lacking } = storedFacts(found);
      return {
        ...{ caches: count, caches_unencrypted: lacking },
        caches_in_plain: storedFacts(found, ({ inTransit }) => inTransit === false).lacking,
      };
    },
  };
}
