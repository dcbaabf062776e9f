import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';

export interface StsState {
  /** The external id that each role asks for, by its ARN; undefined = none. */
  roles: Record<string, string | undefined>;
}

/** AWS STS's AssumeRole and GetCallerIdentity (Query). The access key of a role is `ASIA` and its account. */
export function stsStandIn(state: StsState): QueryService {
  return {
    ...{ protocol: 'query', signingName: 'sts', iamPrefix: 'sts', version: '2011-06-15' },
    operations: {
      GetCallerIdentity: (_, { accessKeyId }) => ({
        Account: /^ASIA(\d{12})$/.exec(accessKeyId)?.[1] ?? '123456789012',
      }),
      AssumeRole({ RoleArn, RoleSessionName, ExternalId, DurationSeconds }) {
        const role = String(RoleArn);
        if (!RoleSessionName || Number(DurationSeconds) > 3_600)
          throw new AwsRefusal('ValidationError', 'the requested DurationSeconds exceeds the MaxSessionDuration');
        if (!Object.hasOwn(state.roles, role) || state.roles[role] !== ExternalId) {
          const who =
            'User: arn:aws:iam::123456789012:user/bot is not authorized to perform: sts:AssumeRole on resource:';
          throw new AwsRefusal('AccessDenied', `${who} ${role}`, { status: 403 });
        }
        const account = role.split(':')[4];
        return {
          Credentials: {
            ...{ AccessKeyId: `ASIA${account}`, SecretAccessKey: 'secret', SessionToken: 'token' },
            Expiration: new Date(Date.now() + 3_600_000),
          },
        };
      },
    },
  };
}
