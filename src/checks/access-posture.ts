import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe, Unmeasured } from '../kernel/check.ts';
import { changesSince } from './access-posture/changes.ts';
import { credentialFacts, noCredentials } from './access-posture/credentials.ts';
import { changeFacts, cutOff, networkFacts } from './access-posture/facts.ts';
import { openGroups, publicInstances } from './access-posture/network.ts';
import { credentialReport } from './access-posture/report.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectEc2 } from './aws/ec2.ts';
import { connectIam } from './aws/iam.ts';
import { account, duration, region } from './aws/params.ts';
import { readParts } from './aws/parts.ts';
import { withUnread } from './aws/unread.ts';
import { few } from './facts/few.ts';

const aspects = ['credentials', 'changes', 'ports', 'instances'] as const;
type Aspect = (typeof aspects)[number];
const dayMs = 86_400_000;
const port = z.int().min(0).max(65_535);
/** SSH, Telnet, SQL Server, Oracle, Docker, MySQL, RDP, PostgreSQL, WinRM, Redis, Elasticsearch, Memcached, MongoDB. */
const adminPorts = [22, 23, 1433, 1521, 2375, 2376, 3306, 3389, 5432, 5985, 5986, 6379, 9200, 11_211, 27_017];

const params = z.strictObject({
  look_at: z
    .array(z.enum(aspects))
    .min(1)
    .default([...aspects])
    .describe('IAM users and root, roles and policies, security groups, instances; the last two of this region'),
  key_age: duration.prefault('90d').describe('access keys older than this warn'),
  changes_within: duration.prefault('1d').describe('how far back changes of roles and policies are listed'),
  most_changes: z.int().min(0).optional().describe('more changes than this warn; default: they are listed only'),
  admin_ports: z.array(port).default(adminPorts).describe('open to anybody they fail'),
  open_ports: z.array(port).default([80, 443]).describe('may be open to anybody; all others warn'),
  accepted: z
    .array(z.string().min(1))
    .default([])
    .describe('ids or names of security groups and instances that are open on purpose'),
  account,
  region,
});
type Target = z.output<typeof params>;

const actions: Record<Aspect, string[]> = {
  credentials: ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'],
  changes: ['iam:ListRoles', 'iam:ListPolicies'],
  ports: ['ec2:DescribeSecurityGroups', 'ec2:GetManagedPrefixListEntries'],
  instances: ['ec2:DescribeInstances'],
};

/** What an ok check vouches for. */
const okWords: Record<Aspect, (target: Target) => string> = {
  credentials: () => 'no password without MFA, no access key of root, none older than {key_age_limit_d}',
  changes: () => '{changes} roles and policies changed',
  ports: ({ open_ports }) =>
    `nothing open to anybody${open_ports.length > 0 ? ` but ${few(open_ports.map(String)).join(', ')}` : ''}`,
  instances: () => 'no instance with a public address',
};

const facts: FactSpecs = {
  users: { type: 'number', help: 'IAM users; null if the credential report was not read' },
  users_without_mfa: { type: 'number', help: 'users with a password for the console and no MFA' },
  users_without_mfa_list: { type: 'list', help: 'their names' },
  old_keys: { type: 'number', help: 'active access keys of users older than `key_age`' },
  old_keys_list: { type: 'list', help: 'whose they are, the oldest first' },
  key_age_limit_d: { type: 'number', unit: 'd', help: 'the limit `key_age`' },
  root_password: { type: 'bool', help: 'whether the root user has a password' },
  root_mfa: { type: 'bool', help: 'whether the root user has MFA' },
  root_keys: { type: 'number', help: 'active access keys of the root user' },
  report_age_h: { type: 'number', unit: 'h', help: 'age of the credential report; AWS makes one every 4 h at most' },
  changes: {
    type: 'number',
    help: 'roles created and own policies changed within `changes_within`; null if not all were read',
  },
  changes_list: { type: 'list', help: 'these, newest first; changes inside a role have no date: see `cloudtrail`' },
  changes_limit: { type: 'number', help: 'the limit `most_changes`; null if there is none' },
  security_groups: { type: 'number', help: 'security groups of the region; null if not all were read' },
  open_admin: {
    type: 'list',
    help: 'rules that open an admin port, or everything, to anybody, in use or not, also by a prefix list; null if not read',
  },
  open_other: { type: 'list', help: 'rules that open other ports than `open_ports` to anybody; null if not read' },
  public_instances: { type: 'list', help: 'running instances with a public address; null if not read' },
  accepted: { type: 'list', help: 'what would be among these and is accepted' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export default defineCheck({
  type: 'access-posture',
  summary: 'Who can get in: MFA, root, old access keys, changed roles and policies, ports open to anybody',
  catalogue: ['H32'],
  params,
  facts: () => withUnread(facts),
  rules: ({ look_at, most_changes }) => {
    const at = <Rule>(aspect: Aspect, ...rules: Rule[]) => (look_at.includes(aspect) ? rules : []);
    return {
      fail: [
        ...at(
          'credentials',
          { when: 'root_password && !root_mfa', say: 'the root user has no MFA: add a device' },
          { when: 'root_keys > 0', say: 'the root user has {root_keys} access keys (limit 0): delete them' },
        ),
        ...at('ports', {
          when: 'size(open_admin) > 0',
          say: 'admin ports open to anybody: {open_admin}; narrow the source of these rules',
        }),
      ],
      warn: [
        ...at(
          'credentials',
          { when: 'users_without_mfa > 0', say: 'password without MFA: {users_without_mfa_list}' },
          { when: 'old_keys > 0', say: 'access keys older than {key_age_limit_d}: {old_keys_list}; rotate them' },
        ),
        ...at('ports', { when: 'size(open_other) > 0', say: 'open to anybody: {open_other}' }),
        ...at('instances', { when: 'size(public_instances) > 0', say: 'with a public address: {public_instances}' }),
        ...(most_changes === undefined
          ? []
          : at('changes', {
              when: 'changes > changes_limit',
              say: '{changes} roles and policies changed (limit {changes_limit}): {changes_list}',
            })),
        { when: 'size(unread) > 0', say: 'not read: {unread}' },
      ],
    };
  },
  okSays: (target) => {
    const looked = aspects.filter((aspect) => target.look_at.includes(aspect)).map((aspect) => okWords[aspect](target));
    return `${looked.join(', ')}${target.accepted.length > 0 ? '; besides what is accepted' : ''}`;
  },
  iam: Object.values(actions).flat(),
  iamFor: ({ look_at }) => aspects.filter((aspect) => look_at.includes(aspect)).flatMap((aspect) => actions[aspect]),
  describe: ({ look_at }) => `access posture: ${look_at.join(', ')}`,
  lane: (target) => awsLane('iam', target),
  laneLimit: 1,
  example: `- id: access
  group: general
  every: 6h
  timeout: 60s
  access-posture:
    accepted: [bastion, sg-0123456789abcdef0]
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, clock } = probe;
    const where = whereOf(probe);
    const now = clock.now();
    const since = new Date(now.getTime() - target.changes_within);
    const ports = { admin: target.admin_ports, open: target.open_ports };
    const wanted = <Work>(aspect: Aspect, work: Work) => (target.look_at.includes(aspect) ? work : undefined);
    const { parts, unread } = await readParts(
      {
        credentials: wanted('credentials', () =>
          orLate(signal, async () => {
            const report = await credentialReport(await connectIam(where, signal), signal);
            return credentialFacts(report, { now, keyAgeMs: target.key_age });
          }),
        ),
        changes: wanted('changes', async () => changesSince(await connectIam(where, signal), signal, since)),
        groups: wanted('ports', async () => openGroups(await connectEc2(where, signal), signal, ports)),
        instances: wanted('instances', async () => publicInstances(await connectEc2(where, signal), signal)),
      },
      signal,
    );
    const late = parts.credentials instanceof Unmeasured ? parts.credentials : undefined;
    if (late && !parts.changes && !parts.groups && !parts.instances) throw late;
    return {
      facts: {
        ...(late ? noCredentials : (parts.credentials ?? noCredentials)),
        key_age_limit_d: target.key_age / dayMs,
        ...changeFacts(parts.changes),
        changes_limit: target.most_changes ?? null,
        ...networkFacts(parts, target.accepted),
        unread: few([
          ...unread,
          ...(late ? [late.next ? `${late.message} → ${late.next}` : late.message] : []),
          ...cutOff(parts, target.accepted),
        ]),
      },
    };
  },
});

/**
 * AWS may take longer over its report than the check has: what else is open is told all the same, in the turn of the abort,
 * which the attempt still waits for.
 */
async function orLate<Found>(signal: AbortSignal, work: () => Promise<Found>): Promise<Found | Unmeasured> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && error instanceof Unmeasured) return error;
    throw error;
  }
}
