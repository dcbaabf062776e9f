import type { EC2, Tag } from '@aws-sdk/client-ec2';
import type { RDS } from '@aws-sdk/client-rds';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { rdsPage } from '../aws/rds.ts';

/** EC2 answers at most this many volumes a page. */
const volumesPerPage = 500;
/** Of each kind; an account with more has another problem than their list. */
export const mostResources = 5_000;

/** Something that costs money and nobody uses. */
export interface Unused {
  name: string;
  /** 0 = it has no size. */
  gib: number;
  /** Undefined = AWS doesn't say since when. */
  since: Date | undefined;
}

export interface Found {
  items: Unused[];
  /** False when there are more than were read. */
  complete: boolean;
}

/** EBS volumes that are attached to nothing; AWS tells since when they exist, not since when they are unattached. */
export function unattachedVolumes(ec2: AwsConnection<EC2>, signal: AbortSignal): Promise<Found> {
  const question = { action: 'ec2:DescribeVolumes', resource: 'volumes' };
  return everyPage(async (NextToken) => {
    const page = await askAws(ec2, question, signal, (client, options) =>
      client.describeVolumes(
        { Filters: [{ Name: 'status', Values: ['available'] }], MaxResults: volumesPerPage, NextToken },
        options,
      ),
    );
    if (!page.Volumes) throw invalid(question.action, ec2.region, 'an answer without volumes');
    const items = page.Volumes.map(({ VolumeId, Size, CreateTime, Tags }) => {
      if (!VolumeId || Size === undefined || !CreateTime)
        throw invalid(question.action, ec2.region, `${VolumeId ?? 'a volume'} without its size or its age`);
      return { name: named(VolumeId, Tags), gib: Size, since: CreateTime };
    });
    return { items, next: page.NextToken };
  }, mostResources);
}

/** Elastic IPs that belong to no instance and no interface; the API has no pages. */
export async function idleAddresses(ec2: AwsConnection<EC2>, signal: AbortSignal): Promise<Found> {
  const question = { action: 'ec2:DescribeAddresses', resource: 'Elastic IPs' };
  const { Addresses } = await askAws(ec2, question, signal, (client, options) => client.describeAddresses({}, options));
  if (!Addresses) throw invalid(question.action, ec2.region, 'an answer without addresses');
  const idle = Addresses.filter(({ AssociationId }) => !AssociationId);
  const items = idle.map(({ PublicIp, AllocationId, Tags }) => ({
    ...{ name: named(PublicIp ?? AllocationId ?? 'an address', Tags), gib: 0, since: undefined },
  }));
  return { items, complete: true };
}

/** Snapshots of RDS instances that somebody made by hand: nothing deletes them. Those being made have no time and are left out. */
export function manualSnapshots(rds: AwsConnection<RDS>, signal: AbortSignal): Promise<Found> {
  const question = { action: 'rds:DescribeDBSnapshots', resource: 'manual snapshots' };
  return everyPage(async (Marker) => {
    const page = await askAws(rds, question, signal, (client, options) =>
      client.describeDBSnapshots({ SnapshotType: 'manual', MaxRecords: rdsPage, Marker }, options),
    );
    if (!page.DBSnapshots) throw invalid(question.action, rds.region, 'an answer without snapshots');
    const items = page.DBSnapshots.map((snapshot) => ({
      name: snapshot.DBSnapshotIdentifier ?? 'a snapshot',
      gib: snapshot.AllocatedStorage ?? 0,
      since: snapshot.SnapshotCreateTime,
    }));
    return { items: items.filter(({ since }) => since), next: page.Marker };
  }, mostResources);
}

/** The same of Aurora and Multi-AZ clusters. */
export function manualClusterSnapshots(rds: AwsConnection<RDS>, signal: AbortSignal): Promise<Found> {
  const question = { action: 'rds:DescribeDBClusterSnapshots', resource: 'manual cluster snapshots' };
  return everyPage(async (Marker) => {
    const page = await askAws(rds, question, signal, (client, options) =>
      client.describeDBClusterSnapshots({ SnapshotType: 'manual', MaxRecords: rdsPage, Marker }, options),
    );
    if (!page.DBClusterSnapshots) throw invalid(question.action, rds.region, 'an answer without cluster snapshots');
    const items = page.DBClusterSnapshots.map((snapshot) => ({
      name: snapshot.DBClusterSnapshotIdentifier ?? 'a cluster snapshot',
      gib: snapshot.AllocatedStorage ?? 0,
      since: snapshot.SnapshotCreateTime,
    }));
    return { items: items.filter(({ since }) => since), next: page.Marker };
  }, mostResources);
}

/** `vol-1 (data)`: the name that people gave it, if any. */
function named(id: string, tags: Tag[] = []): string {
  const name = tags.find(({ Key }) => Key === 'Name')?.Value;
  return name ? `${id} (${name})` : id;
}

function invalid(action: string, region: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `${action} in ${region}: ${what}`, { next: 'look in the AWS console' });
}
