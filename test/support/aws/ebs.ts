import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';

/** What the stand-in knows; change it between two looks. */
export interface EbsState {
  /** Whether each is encrypted, by its id; undefined = left out of the answer. */
  volumes: Record<string, boolean | undefined>;
  byDefault: boolean | undefined;
}

/** The volumes of Amazon EC2 (its kind of Query), as far as the checks ask: page sizes, tokens and errors as documented. */
export function ebsStandIn(state: EbsState): QueryService {
  return {
    ...{ protocol: 'ec2', signingName: 'ec2', iamPrefix: 'ec2', version: '2016-11-15' },
    operations: {
      DescribeVolumes({ MaxResults = 500, NextToken }) {
        const size = Number(MaxResults);
        if (!(size >= 5 && size <= 500))
          throw new AwsRefusal('InvalidParameterValue', `Value ( ${MaxResults} ) for parameter maxResults is invalid.`);
        const from = NextToken === undefined ? 0 : Number(Buffer.from(String(NextToken), 'base64url').toString());
        if (!Number.isInteger(from)) throw new AwsRefusal('InvalidParameterValue', 'Invalid token');
        const all = Object.entries(state.volumes);
        const next = from + size;
        return {
          volumeSet: {
            item: all
              .slice(from, next)
              .map(([volumeId, encrypted]) => ({ volumeId, encrypted, size: 100, status: 'in-use' })),
          },
          nextToken: next < all.length ? Buffer.from(String(next)).toString('base64url') : undefined,
        };
      },
      GetEbsEncryptionByDefault: () => ({ ebsEncryptionByDefault: state.byDefault }),
    },
  };
}
