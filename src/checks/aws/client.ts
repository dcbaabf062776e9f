import type { AwsAccount } from '../../kernel/aws.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { assumed, type Where } from './account.ts';
import { noCredentials, noKeysOf, unmeasuredFrom } from './errors.ts';
import { type Pace, Turns } from './pace.ts';

/** Less than a check's default timeout, so that the answer is "no credentials" and not "timed out". */
const credentialsWithinMs = 3_000;

/** What every client of the AWS SDK carries; the default chains behind both read environment, files and metadata. */
interface AwsClient {
  config: { region(): Promise<string>; credentials(): Promise<unknown> };
}

interface ClientConfig {
  region?: string;
  maxAttempts: number;
  credentials?: ReturnType<typeof assumed>;
}

/** A client of one service of one account in one region; what limits it is shared by all checks that use it. */
export interface AwsConnection<Client> {
  client: Client;
  region: string;
  /** Undefined = whose credentials the bot has. */
  account: AwsAccount | undefined;
  /** Of one action: `DescribeAlarms`. */
  turnsOf(action: string): Turns;
}

interface ServiceOptions<Client> {
  load: () => Promise<new (config: ClientConfig) => Client>;
  /** Of each of its actions. */
  pace: Pace;
  /** Of those that AWS lets ask less often: `{LookupEvents: {perSecond: 2, concurrent: 1}}`. */
  paces?: Record<string, Pace>;
}

/**
 * Makes `connect(where, signal)` for one AWS service: one client per account and region for the process (clients are
 * stateless), its SDK imported on first use so that start-up stays fast. Endpoints and credentials come from the SDK's own
 * variables, those of an account by its role. `connect` throws Unmeasured('misconfigured') when no region is known.
 */
export function awsService<Client extends AwsClient>(
  options: ServiceOptions<Client>,
): (where: Where, signal: AbortSignal) => Promise<AwsConnection<Client>> {
  const clients = new Map<string, { client: Client; turnsOf(action: string): Turns }>();
  return async ({ account, region: asked }, signal) => {
    const region = asked ?? process.env.AWS_REGION ?? '';
    const key = JSON.stringify([account?.role, account?.externalId, region]);
    let entry = clients.get(key);
    if (!entry) {
      const Service = await options.load();
      const config = {
        ...{ region: region || undefined, maxAttempts: 2 },
        ...(account && { credentials: assumed(account, region || undefined) }),
      };
      // Another check may have made it while the SDK was loading.
      entry = clients.get(key) ?? { client: new Service(config), turnsOf: turnsOf(options) };
      clients.set(key, entry);
    }
    try {
      return { ...entry, account, region: await untilAborted(entry.client.config.region(), signal) };
    } catch (cause) {
      throw new Unmeasured('misconfigured', 'no AWS region', { next: 'set region on the check, or AWS_REGION', cause });
    }
  };
}

function turnsOf({ pace, paces = {} }: Pick<ServiceOptions<never>, 'pace' | 'paces'>): (action: string) => Turns {
  const turns = new Map<string, Turns>();
  return (action) => {
    const known = turns.get(action) ?? new Turns(paces[action] ?? pace);
    turns.set(action, known);
    return known;
  };
}

/**
 * Sends one request when it is its turn, under the probe's signal. Throws Unmeasured only. `action`: `ecs:ListServices`.
 * Credentials are looked up first and apart: the chain ends at the EC2 metadata address, which may hang where there is none.
 */
export function askAws<Client extends AwsClient, Answer>(
  { client, region, account, turnsOf }: AwsConnection<Client>,
  question: { action: string; resource: string },
  signal: AbortSignal,
  send: (client: Client, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const late = signal.aborted;
  let state: 'waiting' | 'credentials' | 'asking' = 'waiting';
  const turns = turnsOf(question.action.slice(question.action.indexOf(':') + 1));
  const work = turns.take(signal, async () => {
    signal.throwIfAborted();
    state = 'credentials';
    await untilAborted(
      client.config.credentials(),
      AbortSignal.any([signal, AbortSignal.timeout(credentialsWithinMs)]),
    );
    state = 'asking';
    return send(client, { abortSignal: signal });
  });
  return untilAborted(work, signal).catch((error: unknown) => {
    // Whoever ends a part or the check says so for all of its work: what was asked is known here.
    if (error instanceof Unmeasured && error !== signal.reason) throw error;
    if (state === 'credentials') throw account ? noKeysOf(account, region, error) : noCredentials(error);
    if (late)
      throw new Unmeasured('timeout', `${question.action} on ${question.resource} in ${region}: no time left to ask`, {
        next: 'raise timeout',
        cause: error,
      });
    if (state === 'waiting' && signal.aborted)
      throw new Unmeasured('throttled', `${question.action} in ${region}: too many checks ask for it to have a turn`, {
        next: 'check less often, or raise timeout',
        cause: error,
      });
    throw unmeasuredFrom(error, { ...question, region }, signal);
  });
}

/** Settles with the work, or rejects at the abort; work that ignores the signal is left behind, its late failure unheard. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * Asks page after page until there is no more, or `mostItems` are there: `complete` says which. `ask` gets the token of the
 * page it is to ask for and reads the answer.
 */
export async function everyPage<Item>(
  ask: (token: string | undefined) => Promise<{ items: Item[] | undefined; next: string | undefined }>,
  mostItems: number,
): Promise<{ items: Item[]; complete: boolean }> {
  const found: Item[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await ask(token);
    found.push(...items);
    token = next || undefined;
  } while (token !== undefined && found.length < mostItems);
  return { items: found.slice(0, mostItems), complete: token === undefined && found.length <= mostItems };
}
