import type { EC2, Instance } from '@aws-sdk/client-ec2';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { ec2Page } from '../aws/ec2.ts';
import { openRules, type PortLists, prefixListsIn } from './ports.ts';
import { readPrefixLists } from './prefix-lists.ts';

/** Of each kind. */
export const mostOfNetwork = 5_000;

/** A security group that lets anybody in. */
export interface OpenGroup {
  id: string;
  name: string;
  what: string;
  admin: boolean;
}

/** All security groups of the region, attached to something or not, and which are open. Throws Unmeasured. */
export async function openGroups(ec2: AwsConnection<EC2>, signal: AbortSignal, ports: PortLists) {
  const question = { action: 'ec2:DescribeSecurityGroups', resource: 'security groups' };
  const { items, complete } = await everyPage(async (NextToken) => {
    const page = await askAws(ec2, question, signal, (client, options) =>
      client.describeSecurityGroups({ MaxResults: ec2Page, NextToken }, options),
    );
    if (!page.SecurityGroups) throw invalid(question.action, ec2.region, 'an answer without security groups');
    return { items: page.SecurityGroups, next: page.NextToken };
  }, mostOfNetwork);
  // Each VPC has its default group.
  if (items.length === 0)
    throw new Unmeasured('empty', `no security group in ${ec2.region}`, {
      next: 'check account and region, or leave ports out of look_at',
    });
  const groups = items.map(({ GroupId: id, GroupName: name = '', IpPermissions: permissions }) => {
    if (!id || !permissions) throw invalid(question.action, ec2.region, `${id ?? 'a group'} without its rules`);
    return { id, name, permissions };
  });
  const named = new Set(groups.flatMap(({ permissions }) => prefixListsIn(permissions, ports)));
  const lists = await readPrefixLists(ec2, signal, [...named]);
  const judged = groups.map(({ id, name, permissions }) => {
    const { open, unclear } = openRules(permissions, ports, lists);
    return {
      open: open.map((rule): OpenGroup => ({ id, name, ...rule })),
      unclear: unclear.map((rule) => ({ id, name, ...rule })),
    };
  });
  return {
    ...{ groups: items.length, complete },
    open: judged.flatMap(({ open }) => open),
    /** What may be open as well: it names a prefix list that was not read. */
    unclear: judged.flatMap(({ unclear }) => unclear),
  };
}

/** Instances that run, or start, with an address of the internet. Throws Unmeasured. */
export async function publicInstances(ec2: AwsConnection<EC2>, signal: AbortSignal) {
  const question = { action: 'ec2:DescribeInstances', resource: 'instances' };
  const { items, complete } = await everyPage(async (NextToken) => {
    const page = await askAws(ec2, question, signal, (client, options) =>
      client.describeInstances(
        {
          Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }],
          MaxResults: ec2Page,
          NextToken,
        },
        options,
      ),
    );
    if (!page.Reservations) throw invalid(question.action, ec2.region, 'an answer without reservations');
    return { items: page.Reservations.flatMap(({ Instances = [] }) => Instances), next: page.NextToken };
  }, mostOfNetwork);
  const found = items
    .filter(isPublic)
    .map(({ InstanceId = 'an instance', Tags }) => ({ id: InstanceId, name: nameIn(Tags) }));
  return { found, complete };
}

/** Each interface and each of its private addresses may have a public one; the instance's own are of its first alone. */
function isPublic({ PublicIpAddress, Ipv6Address, NetworkInterfaces = [] }: Instance): boolean {
  const onInterface = NetworkInterfaces.some(
    ({ Association, PrivateIpAddresses = [], Ipv6Addresses = [] }) =>
      Association?.PublicIp || PrivateIpAddresses.some((own) => own.Association?.PublicIp) || Ipv6Addresses.length > 0,
  );
  return Boolean(PublicIpAddress || Ipv6Address) || onInterface;
}

function nameIn(tags: Instance['Tags'] = []): string {
  return tags.find(({ Key }) => Key === 'Name')?.Value ?? '';
}

function invalid(action: string, region: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `${action} in ${region}: ${what}`, { next: 'look in the EC2 console' });
}
