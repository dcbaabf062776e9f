import { z } from 'zod';
import { defineCheck, type FactSpecs, type Facts, type Probe, type Rule } from '../kernel/check.ts';
import { formatDuration } from '../kernel/duration.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectEc2 } from './aws/ec2.ts';
import { account, duration, region } from './aws/params.ts';
import { readParts } from './aws/parts.ts';
import { connectRds } from './aws/rds.ts';
import { withUnread } from './aws/unread.ts';
import { few } from './facts/few.ts';
import {
  type Found,
  idleAddresses,
  manualClusterSnapshots,
  manualSnapshots,
  mostResources,
  type Unused,
  unattachedVolumes,
} from './unused-resources/read.ts';

const kinds = ['volumes', 'snapshots', 'addresses'] as const;
type Kind = (typeof kinds)[number];
const limit = z.int().min(0);

const params = z.strictObject({
  look_for: z
    .array(z.enum(kinds))
    .min(1)
    .default([...kinds])
    .describe('unattached EBS volumes, manual RDS snapshots, unassociated Elastic IPs'),
  volumes_older_than: duration.prefault('1d').describe('volumes that exist for less are not listed'),
  snapshots_older_than: duration.prefault('90d').describe('manual snapshots that are younger are not listed'),
  limits: z
    .strictObject({
      volumes: limit.default(10).describe('unattached volumes'),
      volumes_gib: limit.default(500).describe('their size together'),
      snapshots: limit.default(20).describe('old manual snapshots'),
      snapshots_gib: limit.default(2_000).describe('their size together'),
      addresses: limit.default(3).describe('unassociated Elastic IPs'),
    })
    .prefault({})
    .describe('more than these warn; up to them they are listed'),
  account,
  region,
});
type Target = z.output<typeof params>;

const words: Record<Kind, string> = {
  volumes: 'unattached EBS volumes',
  snapshots: 'old manual RDS snapshots',
  addresses: 'unassociated Elastic IPs',
};
const actions: Record<Kind, string[]> = {
  volumes: ['ec2:DescribeVolumes'],
  snapshots: ['rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots'],
  addresses: ['ec2:DescribeAddresses'],
};
const sized = ['volumes', 'snapshots'] as const;

const facts: FactSpecs = Object.fromEntries([
  ...kinds.flatMap((kind): [string, FactSpecs[string]][] => [
    [kind, { type: 'number', help: `${words[kind]}; null if not read, or only the first ${mostResources} were` }],
    [
      `${kind}_list`,
      {
        type: 'list',
        help:
          kind === 'addresses'
            ? 'which ones'
            : 'the largest first, with size and age: since they exist, not since they are unused',
      },
    ],
    [`${kind}_limit`, { type: 'number', help: `the limit of \`limits.${kind}\`` }],
  ]),
  ...sized.flatMap((kind): [string, FactSpecs[string]][] => [
    [`${kind}_gib`, { type: 'number', unit: 'GiB', help: `allocated size of the ${words[kind]} together` }],
    [`${kind}_gib_limit`, { type: 'number', unit: 'GiB', help: `the limit of \`limits.${kind}_gib\`` }],
  ]),
  ['unread', { type: 'list', help: 'parts that could not be read, and why' }],
]);

export default defineCheck({
  type: 'unused-resources',
  summary: 'What costs money and nobody uses: unattached EBS volumes, old manual RDS snapshots, idle Elastic IPs',
  catalogue: ['H31'],
  params,
  facts: () => withUnread(facts),
  rules: ({ look_for }) => ({
    warn: [
      ...kinds.filter((kind) => look_for.includes(kind)).flatMap(rulesOf),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: ({ look_for }) =>
    kinds
      .filter((kind) => look_for.includes(kind))
      .map((kind) => `{${kind}} ${words[kind]} (limit {${kind}_limit})`)
      .join(', '),
  iam: Object.values(actions).flat(),
  iamFor: ({ look_for }) => kinds.filter((kind) => look_for.includes(kind)).flatMap((kind) => actions[kind]),
  describe: ({ look_for }) => look_for.map((kind) => words[kind]).join(', '),
  lane: (target) => awsLane('ec2', target),
  laneLimit: 2,
  example: `- id: unused
  group: general
  every: 1d
  timeout: 30s
  unused-resources:
    snapshots_older_than: 180d
    limits: {addresses: 0}
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock } = probe;
    const where = whereOf(probe);
    const wanted = <Work>(kind: Kind, work: Work) => (target.look_for.includes(kind) ? work : undefined);
    const { parts, unread } = await readParts<Record<Kind, Found>>(
      {
        volumes: wanted('volumes', async () => unattachedVolumes(await connectEc2(where, partsSignal), partsSignal)),
        addresses: wanted('addresses', async () => idleAddresses(await connectEc2(where, partsSignal), partsSignal)),
        snapshots: wanted('snapshots', async () => {
          const rds = await connectRds(where, partsSignal);
          const both = await Promise.all([manualSnapshots(rds, partsSignal), manualClusterSnapshots(rds, partsSignal)]);
          return { items: both.flatMap(({ items }) => items), complete: both.every(({ complete }) => complete) };
        }),
      },
      signal,
    );
    const leastAge = { volumes: target.volumes_older_than, snapshots: target.snapshots_older_than, addresses: 0 };
    const now = clock.now();
    return {
      facts: {
        ...Object.assign({}, ...kinds.map((kind) => factsOf(kind, parts[kind], leastAge[kind], now))),
        ...Object.fromEntries(Object.entries(target.limits).map(([name, value]) => [`${name}_limit`, value])),
        unread: few([...unread, ...kinds.flatMap((kind) => cutOff(kind, parts[kind]))]),
      },
    };
  },
});

function rulesOf(kind: Kind): Rule[] {
  const next = kind === 'addresses' ? 'release them' : 'delete what nobody needs';
  const count = {
    when: `${kind} > ${kind}_limit`,
    say: `{${kind}} ${words[kind]} (limit {${kind}_limit}): {${kind}_list}; ${next}`,
  };
  if (kind === 'addresses') return [count];
  const size = {
    when: `${kind}_gib > ${kind}_gib_limit`,
    say: `{${kind}_gib} in ${words[kind]} (limit {${kind}_gib_limit}): {${kind}_list}; ${next}`,
  };
  return [count, size];
}

/** Of a part of the resources, those found are listed; how many there are isn't known. */
function factsOf(kind: Kind, found: Found | null | undefined, leastAgeMs: number, now: Date): Facts {
  const ageMs = ({ since }: Unused) => (since ? now.getTime() - since.getTime() : Number.POSITIVE_INFINITY);
  const items = (found?.items ?? []).filter((item) => ageMs(item) >= leastAgeMs).sort((a, b) => b.gib - a.gib);
  const list = items.map((item) =>
    item.since ? `${item.name}, ${item.gib} GiB, ${formatDuration(ageMs(item))} old` : item.name,
  );
  const known = found?.complete ?? false;
  return {
    [kind]: known ? items.length : null,
    [`${kind}_list`]: found ? few(list) : null,
    ...(kind !== 'addresses' && { [`${kind}_gib`]: known ? items.reduce((sum, { gib }) => sum + gib, 0) : null }),
  };
}

function cutOff(kind: Kind, found: Found | null | undefined): string[] {
  return found?.complete === false ? [`${words[kind]} past the first ${mostResources}`] : [];
}
