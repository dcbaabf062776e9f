import { AwsRefusal } from './refusal.ts';
import { Answer, type RestService } from './service.ts';

export interface S3Object {
  key: string;
  /** Undefined = left out of the answer. */
  bytes: number | undefined;
  at: Date;
  storageClass?: string;
}

export interface S3Bucket {
  region?: string;
  objects: S3Object[];
  /** Undefined = none is configured, which S3 refuses to answer. */
  encryption: string | undefined;
  versioning?: 'Enabled' | 'Suspended';
}

/** What the stand-in knows, by the bucket's name; change it between two looks. */
export interface S3State {
  buckets: Record<string, S3Bucket>;
  /** Objects and buckets on a page, whatever was asked for: S3 may answer fewer. */
  pageSize?: number;
}

type Input = Record<string, unknown>;

/** Amazon S3 (REST, XML, buckets in the path), as far as the checks ask: page caps, tokens and errors as documented. */
export function s3StandIn(state: S3State): RestService {
  const bucketOf = ({ Bucket }: Input, region: string): S3Bucket => {
    const bucket = state.buckets[String(Bucket)];
    if (!bucket) throw new AwsRefusal('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
    if ((bucket.region ?? region) !== region)
      throw new AwsRefusal(
        'PermanentRedirect',
        'The bucket you are attempting to access must be addressed using the specified endpoint.',
        { status: 301 },
      );
    return bucket;
  };
  const page = <Item>(items: Item[], input: Input, sizeName: string, tokenName: string) => {
    const size = Number(input[sizeName] ?? 1_000);
    if (!(size >= 1)) throw new AwsRefusal('InvalidArgument', `Argument ${sizeName} is not valid`);
    const from = Number(input[tokenName] ? Buffer.from(String(input[tokenName]), 'base64url').toString() : 0);
    if (!Number.isInteger(from)) throw new AwsRefusal('InvalidArgument', 'The continuation token is incorrect');
    const next = from + Math.min(size, 1_000, state.pageSize ?? 1_000);
    const token = next < items.length ? Buffer.from(String(next)).toString('base64url') : undefined;
    return { items: items.slice(from, next), token };
  };
  return {
    ...{ protocol: 'rest-xml', signingName: 's3', iamPrefix: 's3' },
    routes: [
      {
        ...{ method: 'GET', path: '/', operation: 'ListAllMyBuckets' },
        run: (input, { region }) => {
          const wanted = input['bucket-region'];
          const all = Object.entries(state.buckets).filter(
            ([, bucket]) => wanted === undefined || (bucket.region ?? region) === wanted,
          );
          const { items, token } = page(all, input, 'max-buckets', 'continuation-token');
          const Bucket = items.map(([Name]) => ({ Name, CreationDate: new Date('2020-01-01') }));
          return { ListAllMyBucketsResult: { Buckets: { Bucket }, ContinuationToken: token } };
        },
      },
      {
        ...{ method: 'GET', path: '/{Bucket}', having: 'list-type', operation: 'ListBucket' },
        run: (input, { region }) => {
          const { objects } = bucketOf(input, region);
          const prefix = String(input.prefix ?? '');
          const below = objects
            .filter(({ key }) => key.startsWith(prefix))
            .toSorted((a, b) => (a.key < b.key ? -1 : 1));
          const { items, token } = page(below, input, 'max-keys', 'continuation-token');
          return {
            ListBucketResult: {
              ...{ Name: input.Bucket, Prefix: prefix, KeyCount: items.length, IsTruncated: token !== undefined },
              NextContinuationToken: token,
              Contents: items.map(({ key, bytes, at, storageClass = 'STANDARD' }) => ({
                ...{ Key: key, LastModified: at, Size: bytes, StorageClass: storageClass },
              })),
            },
          };
        },
      },
      {
        ...{ method: 'GET', path: '/{Bucket}', having: 'encryption', operation: 'GetEncryptionConfiguration' },
        run: (input, { region }) => {
          const { encryption } = bucketOf(input, region);
          if (encryption === undefined)
            throw new AwsRefusal(
              'ServerSideEncryptionConfigurationNotFoundError',
              'The server side encryption configuration was not found',
              { status: 404 },
            );
          const Rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption }, BucketKeyEnabled: false };
          return { ServerSideEncryptionConfiguration: { Rule } };
        },
      },
      {
        ...{ method: 'GET', path: '/{Bucket}', having: 'versioning', operation: 'GetBucketVersioning' },
        run: (input, { region }) =>
          new Answer({ VersioningConfiguration: { Status: bucketOf(input, region).versioning } }),
      },
    ],
  };
}
