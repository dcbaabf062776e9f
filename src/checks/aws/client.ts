import pLimit, { type LimitFunction } from 'p-limit';
import { Unmeasured } from '../../kernel/check.ts';
import { noCredentials, unmeasuredFrom } from './errors.ts';

/** Less than a check's default timeout, so that the answer is "no credentials" and not "timed out". */
const credentialsWithinMs = 3_000;

/** What every client of the AWS SDK carries; the default chains behind both read environment, files and metadata. */
interface AwsClient {
  config: { region(): Promise<string>; credentials(): Promise<unknown> };
}

interface ClientConfig {
  region?: string;
  maxAttempts: number;
}

/** A client of one service in one region. `limit` is shared by all checks that use it. */
export interface AwsConnection<Client> {
  client: Client;
  region: string;
  limit: LimitFunction;
}

/**
 * Makes `connect(region, signal)` for one AWS service: one client per region for the process (clients are stateless), its
 * SDK imported on first use so that start-up stays fast. Endpoints and credentials come from the SDK's own variables.
 * `connect` throws Unmeasured('misconfigured') when no region is known.
 */
export function awsService<Client extends AwsClient>(options: {
  load: () => Promise<new (config: ClientConfig) => Client>;
  /** Calls at the same time in one region. */
  concurrent: number;
}): (region: string | undefined, signal: AbortSignal) => Promise<AwsConnection<Client>> {
  const clients = new Map<string, { client: Client; limit: LimitFunction }>();
  return async (region, signal) => {
    const key = region ?? process.env.AWS_REGION ?? '';
    let entry = clients.get(key);
    if (!entry) {
      const Service = await options.load();
      // Another check may have made it while the SDK was loading.
      entry = clients.get(key) ?? {
        client: new Service({ region: key || undefined, maxAttempts: 2 }),
        limit: pLimit(options.concurrent),
      };
      clients.set(key, entry);
    }
    try {
      return { ...entry, region: await untilAborted(entry.client.config.region(), signal) };
    } catch (cause) {
      throw new Unmeasured('misconfigured', 'no AWS region', { next: 'set region on the check, or AWS_REGION', cause });
    }
  };
}

/**
 * Sends one request under the service's limit and the probe's signal. Throws Unmeasured only.
 * Credentials are looked up first and apart: the chain ends at the EC2 metadata address, which may hang where there is none.
 */
export function askAws<Client extends AwsClient, Answer>(
  { client, region, limit }: AwsConnection<Client>,
  question: { action: string; resource: string },
  signal: AbortSignal,
  send: (client: Client, options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  let lookingForCredentials = false;
  const work = limit(async () => {
    signal.throwIfAborted();
    lookingForCredentials = true;
    await untilAborted(
      client.config.credentials(),
      AbortSignal.any([signal, AbortSignal.timeout(credentialsWithinMs)]),
    );
    lookingForCredentials = false;
    return send(client, { abortSignal: signal });
  });
  return untilAborted(work, signal).catch((error: unknown) => {
    if (lookingForCredentials) throw noCredentials(error);
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
