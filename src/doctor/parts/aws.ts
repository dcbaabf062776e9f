import type { Check } from '../../config/model.ts';
import { type Found, ok, type Part, problem, unknown } from '../model.ts';

/** Below the deadline of a part; a look for credentials ends at a metadata address that may hang where there is none. */
const credentialsWithinMs = 3_000;
const withinMs = 5_000;

const noCredentials = 'give the bot a role, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** Who the bot is at AWS; only where checks ask AWS. */
export function awsPart(checks: readonly Check[]): Part {
  return {
    name: 'aws',
    look: async (signal) => {
      const asking = checks.filter(({ definition }) => definition.iam.length > 0);
      if (asking.length === 0) return [ok('no check asks AWS')];
      return [
        await identityOf(
          asking.map(regionOf).find((region) => region !== undefined),
          signal,
        ),
      ];
    },
  };
}

function regionOf({ target }: Check): string | undefined {
  if (typeof target !== 'object' || target === null || !('region' in target)) return undefined;
  return typeof target.region === 'string' ? target.region : undefined;
}

async function identityOf(region: string | undefined, signal: AbortSignal): Promise<Found> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...(region !== undefined && { region }), maxAttempts: 1 });
  try {
    await within(client.config.credentials(), credentialsWithinMs, signal);
  } catch (error) {
    return problem(`no AWS credentials: ${late(error) ? 'none found in time' : messageOf(error)}`, noCredentials);
  }
  try {
    const ending = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    const sent = client.send(new GetCallerIdentityCommand({}), { abortSignal: ending });
    const { Account, Arn } = await within(sent, withinMs, signal);
    return ok(`account ${Account} as ${Arn}`);
  } catch (error) {
    return refusal(error);
  } finally {
    client.destroy();
  }
}

function refusal(error: unknown): Found {
  const name = error instanceof Error ? error.name : '';
  if (/^(Expired|RequestExpired)/.test(name)) return problem('the AWS credentials have expired', 'renew them');
  if (/^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|AuthFailure)/.test(name)) {
    return problem('AWS does not know the access key', 'renew the credentials');
  }
  if (/Signature/.test(name)) {
    return problem('AWS refused the signature', "check the secret access key and this machine's clock");
  }
  if (/^AccessDenied/.test(name)) {
    return problem('AWS denies sts:GetCallerIdentity', 'look for an explicit deny in the policies of the bot');
  }
  if (/Region is missing/.test(messageOf(error))) return problem('no AWS region', 'set AWS_REGION');
  if (late(error))
    return unknown(`AWS did not answer within ${withinMs / 1_000} s`, 'check the way to sts.amazonaws.com');
  return unknown(`AWS did not say who the bot is: ${messageOf(error)}`);
}

class Late extends Error {}

function late(error: unknown): boolean {
  return error instanceof Late || (error instanceof Error && /^(AbortError|TimeoutError)$/.test(error.name));
}

async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const end = Promise.withResolvers<never>();
  const stop = () => end.reject(new Late());
  const timer = setTimeout(stop, ms);
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([work, end.promise]).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
