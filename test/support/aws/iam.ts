import { AwsRefusal } from './refusal.ts';
import type { QueryService } from './service.ts';
import { tokenPage } from './tokens.ts';

type Input = Record<string, unknown>;

export interface IamUser {
  user: string;
  /** As the report writes it: `true`, `false`, root's `not_supported`. */
  password?: string;
  mfa?: boolean;
  /** When each active key was made; null = there is none, a text stands as it is. */
  keys?: (Date | string | null)[];
}

export interface IamState {
  users: IamUser[];
  madeAt: Date;
  /** How often GenerateCredentialReport says that it isn't ready. */
  making: number;
  /** In place of the report. */
  report?: string | undefined;
  /** Name and date, of IAM's own services too. */
  roles: { name: string; createdAt: Date | undefined; path?: string }[];
  policies: { name: string; updatedAt: Date }[];
}

const header =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
  'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';

/** AWS IAM (Query): the credential report that is made first, pages of roles and policies, as documented. */
export function iamStandIn(state: IamState): QueryService {
  return {
    ...{ protocol: 'query', signingName: 'iam', iamPrefix: 'iam', version: '2010-05-08' },
    operations: {
      GenerateCredentialReport() {
        if (state.making === 0) return { State: 'COMPLETE' };
        state.making -= 1;
        return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
      },
      GetCredentialReport() {
        if (state.making > 0)
          throw new AwsRefusal('ReportInProgress', 'Report is still being generated.', { status: 404 });
        return {
          Content: Buffer.from(state.report ?? reportOf(state.users)).toString('base64'),
          ...{ ReportFormat: 'text/csv', GeneratedTime: state.madeAt },
        };
      },
      ListRoles(input) {
        const { items, ...rest } = page(state.roles, input);
        const roles = items.map(({ name, createdAt, path = '/' }) => ({
          ...{
            RoleName: name,
            CreateDate: createdAt,
            Path: path,
            RoleId: name,
            Arn: `arn:aws:iam::123456789012:role/${name}`,
          },
        }));
        return { Roles: { member: roles }, ...rest };
      },
      ListPolicies(input) {
        if (input.Scope !== 'Local') throw invalid('the stand-in only keeps policies of the account');
        const { items, ...rest } = page(state.policies, input);
        return {
          Policies: { member: items.map(({ name, updatedAt }) => ({ PolicyName: name, UpdateDate: updatedAt })) },
          ...rest,
        };
      },
    },
  };
}

const invalid = (message: string) => new AwsRefusal('ValidationError', message);

function page<Item>(items: Item[], { MaxItems, Marker }: Input) {
  const { items: found, next } = tokenPage(items, { size: MaxItems ?? 100, token: Marker, most: 1_000 }, invalid);
  return { items: found, IsTruncated: next !== undefined, Marker: next };
}

function reportOf(users: IamUser[]): string {
  return [header, ...users.map(rowOf)].join('\n');
}

function rowOf({ user, password = 'false', mfa = false, keys = [] }: IamUser): string {
  const arn = user === '<root_account>' ? 'arn:aws:iam::123456789012:root' : `arn:aws:iam::123456789012:user/${user}`;
  const key = (made: Date | string | null = null) =>
    made === null
      ? ['false', 'N/A', 'N/A', 'N/A', 'N/A']
      : ['true', made instanceof Date ? made.toISOString().replace('.000Z', '+00:00') : made, 'N/A', 'N/A', 'N/A'];
  return [
    ...[user, arn, '2024-01-01T00:00:00+00:00', password, 'no_information', 'N/A', 'N/A', String(mfa)],
    ...[...key(keys[0]), ...key(keys[1]), 'false', 'N/A', 'false', 'N/A'],
  ].join(',');
}
