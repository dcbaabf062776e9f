import { join } from 'node:path';
import type { Where } from './checks/aws/account.ts';
import { compileCondition } from './conditions/compile.ts';
import { parseOps } from './config/load.ts';
import { ConfigError } from './config/problems.ts';
import { secretValues } from './config/secret-values.ts';
import { readOps } from './configuration.ts';
import { draftsOf } from './discovery/drafts.ts';
import { findAll, type Place, type Section } from './discovery/find.ts';
import { identityOf } from './discovery/identity.ts';
import type { Discovery } from './discovery/model.ts';
import { type Rendering, renderOps } from './discovery/render.ts';
import type { AwsSettings } from './kernel/aws.ts';
import { type CheckType, Unmeasured } from './kernel/check.ts';
import { systemClock } from './kernel/clock.ts';
import { discover } from './kernel/discover.ts';
import { echo } from './kernel/echo.ts';
import { OpsError } from './kernel/errors.ts';
import { maskAlways } from './kernel/redact.ts';
import { checkTypes, root } from './registry.ts';

export interface Discovering {
  variables: NodeJS.ProcessEnv;
  /** Names of `aws.accounts`, and `own`; none = own. */
  accounts: readonly string[];
  /** None = the account's, or that of the environment. */
  regions: readonly string[];
  say: (line: string) => void;
}

export interface Discovered {
  text: string;
  /** Checks that are on, and those written as comments. */
  on: number;
  off: number;
  /** What could not be read, in words. */
  unread: string[];
}

/** Longer than this no account takes; AWS answers each call within seconds. */
const patienceMs = 10 * 60_000;

/** Reads AWS and words an ops.yml. Throws OpsError when no account could be read at all. */
export async function discoverAws({ variables, accounts, regions, say }: Discovering): Promise<Discovered> {
  maskAlways(...secretValues(variables));
  const signal = AbortSignal.timeout(patienceMs);
  const aws = await settingsFor(accounts, variables);
  const { places, unreached } = await placesOf({ accounts, regions, aws }, signal);
  if (places.length === 0)
    throw new OpsError('unavailable', unreached.join('\n'), { hint: 'nothing was read, and nothing written' });
  for (const { account, region, number } of places) say(`reading ${account ?? 'own'} (${number}), ${region}`);
  const discoveries = await discover<Discovery>(join(root, 'src', 'discovery', 'aws'));
  const read = await findAll(places, discoveries, {
    signal,
    onSection: (section) => section.discovery.iam.length > 0 && say(sectionLine(section)),
  });
  const types = await checkTypes();
  const sections = draftsOf(read, new Set(types.map(({ type }) => type)));
  const drafts = sections.flatMap((section) => section.drafts);
  const rendering = { sections, places, unreached, aws, at: systemClock.now() };
  const refused = refusals(rendering, types);
  const on = drafts.filter(({ id, off }) => !off && !refused.has(id)).length;
  const unread = [...unreached, ...read.flatMap((section) => (section.unread ? [sectionLine(section)] : []))];
  return { text: renderOps({ ...rendering, refused }), on, off: drafts.length - on, unread };
}

/** What a named account is, the config says; without a name none is needed. */
async function settingsFor(accounts: readonly string[], variables: NodeJS.ProcessEnv): Promise<AwsSettings> {
  const named = accounts.filter((name) => name !== 'own');
  if (named.length === 0) return { region: undefined, accounts: new Map() };
  const { aws } = await readOps(variables);
  const missing = named.find((name) => !aws.accounts.has(name));
  if (missing === undefined) return aws;
  const known = [...aws.accounts.keys()].sort().join(', ');
  throw new OpsError('not_found', `There is no AWS account "${echo(missing)}"`, {
    hint: known ? `use own, ${known}` : 'name it in aws.accounts of ops.yml, with the role that the bot takes there',
  });
}

type NumberedPlace = Place & { number: string };

/** Each account is asked who it is first: without credentials every service would say the same. */
async function placesOf(
  { accounts, regions, aws }: Pick<Discovering, 'accounts' | 'regions'> & { aws: AwsSettings },
  signal: AbortSignal,
): Promise<{ places: NumberedPlace[]; unreached: string[] }> {
  const places: NumberedPlace[] = [];
  const unreached: string[] = [];
  const names = [...new Set(accounts.length > 0 ? accounts : ['own'])].sort();
  for (const name of names) {
    const account = aws.accounts.get(name);
    const wanted = regions.length > 0 ? [...new Set(regions)].sort() : [account?.region ?? aws.region];
    let first = true;
    for (const region of wanted) {
      const where: Where = { account, region };
      try {
        const identity = await identityOf(where, signal);
        places.push({ account: account?.name, where, first, ...identity });
        first = false;
      } catch (error) {
        if (!(error instanceof Unmeasured)) throw error;
        unreached.push(`account ${name}: ${error.message}${error.next ? ` → ${error.next}` : ''}`);
      }
    }
  }
  return { places, unreached };
}

/** Which checks `check-config` would refuse, and why: they are written as comments. */
function refusals(rendering: Rendering, types: readonly CheckType[]): Map<string, string> {
  const refused = new Map<string, string>();
  for (;;) {
    const text = renderOps({ ...rendering, refused });
    const known = refused.size;
    try {
      parseOps(text, 'ops.yml', { checkTypes: types, compile: compileCondition, env: {} });
      return refused;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const { check, path, found, allowed } of error.problems)
        if (check !== undefined && !refused.has(check)) refused.set(check, `${path}: ${found}; ${allowed}`);
    }
    if (refused.size === known) return refused;
  }
}

function sectionLine({ discovery, place, found, unread }: Section): string {
  const where = `${discovery.service} in ${place.account === undefined ? '' : `${place.account}, `}${place.region}`;
  if (!unread) return `${where}: ${found.length} found`;
  return `${where}: not read: ${unread.why}${unread.next ? ` → ${unread.next}` : ''}`;
}
