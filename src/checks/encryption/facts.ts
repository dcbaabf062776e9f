import type { Rules } from '../../kernel/check.ts';
import { withUnread } from '../aws/unread.ts';
import { few } from '../facts/few.ts';
import type { Bucket } from './buckets.ts';
import type { Found, Stored } from './read.ts';

export const kinds = ['rds', 'ebs', 's3', 'elasticache'] as const;
export type Kind = (typeof kinds)[number];

const notRead = 'null if not read, not all of it, or not asked for';

export const encryptionFacts = withUnread({
  databases: { type: 'number', help: `RDS instances that stand alone, and clusters; ${notRead}` },
  databases_unencrypted: { type: 'list', help: 'those whose storage is not encrypted: `instance main`' },
  volumes: { type: 'number', help: `EBS volumes; ${notRead}` },
  volumes_unencrypted: { type: 'list', help: 'those that are not encrypted: `volume vol-0123`' },
  volumes_by_default: { type: 'bool', help: 'whether new volumes of the region are encrypted whoever makes them' },
  buckets: { type: 'number', help: `S3 buckets of the region; ${notRead}` },
  buckets_unencrypted: { type: 'list', help: 'those that do not encrypt what is written' },
  buckets_without_kms: { type: 'list', help: 'those that encrypt with S3’s own keys, not with a key of KMS' },
  caches: { type: 'number', help: `ElastiCache replication groups, and clusters that stand alone; ${notRead}` },
  caches_unencrypted: { type: 'list', help: 'those that keep data unencrypted; Memcached keeps none' },
  caches_in_plain: { type: 'list', help: 'those that take connections without TLS, `preferred` too' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
});

export function encryptionRules({ of, kms }: { of: Kind[]; kms: boolean }): Partial<Rules> {
  const only = (kind: Kind, ...rules: { when: string; say: string }[]) => (of.includes(kind) ? rules : []);
  return {
    fail: [
      ...only('rds', {
        when: 'size(databases_unencrypted) > 0',
        say: 'not encrypted: {databases_unencrypted}; restore an encrypted copy of a snapshot',
      }),
      ...only('ebs', {
        when: 'size(volumes_unencrypted) > 0',
        say: 'not encrypted: {volumes_unencrypted}; make them anew from an encrypted snapshot',
      }),
      ...only('s3', {
        when: 'size(buckets_unencrypted) > 0',
        say: 'buckets that do not encrypt: {buckets_unencrypted}; set their default encryption',
      }),
      ...only('elasticache', {
        when: 'size(caches_unencrypted) > 0',
        say: 'not encrypted at rest: {caches_unencrypted}; restore a backup of them with encryption',
      }),
    ],
    warn: [
      ...only('ebs', {
        when: '!volumes_by_default',
        say: 'new EBS volumes are not encrypted by default: turn it on in the EC2 settings of the region',
      }),
      ...only('elasticache', {
        when: 'size(caches_in_plain) > 0',
        say: 'not encrypted in transit: {caches_in_plain}; turn on TLS, and set its mode to required',
      }),
      ...(kms
        ? only('s3', {
            when: 'size(buckets_without_kms) > 0',
            say: 'buckets without a key of KMS: {buckets_without_kms}; set it as their default encryption',
          })
        : []),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}

/** Of a part, what was found holds; that there is no more does not. */
function listed(names: string[], complete: boolean): string[] | null {
  return complete || names.length > 0 ? few(names) : null;
}

/** How many there are, and which lack encryption. */
export function storedFacts({ items, complete }: Found, lacks = ({ encrypted }: Stored) => !encrypted) {
  return {
    count: complete ? items.length : null,
    lacking: listed(
      items.filter(lacks).map(({ name }) => name),
      complete,
    ),
  };
}

export function bucketFacts({ items, complete }: { items: Bucket[]; complete: boolean }) {
  const all = complete && items.every(({ algorithm }) => algorithm !== null);
  const those = (pattern: RegExp) =>
    items.filter(({ algorithm }) => pattern.test(algorithm ?? '')).map(({ name }) => name);
  return {
    buckets: complete ? items.length : null,
    buckets_unencrypted: listed(those(/^none$/), all),
    buckets_without_kms: listed(those(/^AES256$/), all),
  };
}
