import type { EC2 } from '@aws-sdk/client-ec2';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { reasonOf } from '../aws/reason.ts';

/** EC2 answers at most this many entries a page, and allows a list about ten times as many. */
const perPage = 100;
const mostEntries = 2_000;
/** One request each; the rest is not read. */
const mostLists = 50;

/** What a list holds, or why that was not read. */
export type PrefixList = { cidrs: string[] } | { unread: string };

/** The prefix lists of these ids. One that is refused hides no other. Throws only at the end of the probe's time. */
export async function readPrefixLists(
  ec2: AwsConnection<EC2>,
  signal: AbortSignal,
  ids: readonly string[],
): Promise<Map<string, PrefixList>> {
  const read = async (id: string): Promise<[string, PrefixList]> => {
    try {
      return [id, { cidrs: await cidrsOf(ec2, signal, id) }];
    } catch (error) {
      return [id, { unread: reasonOf(error, signal) }];
    }
  };
  const lists = new Map(await Promise.all(ids.slice(0, mostLists).map(read)));
  for (const id of ids.slice(mostLists)) lists.set(id, { unread: `prefix lists past the first ${mostLists}` });
  return lists;
}

async function cidrsOf(ec2: AwsConnection<EC2>, signal: AbortSignal, PrefixListId: string): Promise<string[]> {
  const question = { action: 'ec2:GetManagedPrefixListEntries', resource: `prefix list ${PrefixListId}` };
  const { items, complete } = await everyPage(async (NextToken) => {
    const page = await askAws(ec2, question, signal, (client, options) =>
      client.getManagedPrefixListEntries({ PrefixListId, MaxResults: perPage, NextToken }, options),
    );
    if (!page.Entries) throw invalid(PrefixListId, 'an answer without entries');
    return { items: page.Entries.map(({ Cidr = '' }) => Cidr), next: page.NextToken };
  }, mostEntries);
  if (!complete) throw invalid(PrefixListId, `more than ${mostEntries} entries`);
  return items;
}

function invalid(id: string, what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `ec2:GetManagedPrefixListEntries on ${id}: ${what}`, {
    next: 'look in the VPC console',
  });
}
