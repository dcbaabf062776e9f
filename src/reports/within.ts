import { OpsError } from '../kernel/errors.ts';

/**
 * What `work` resolves to, if it does so in time: it is told to end by its signal and not waited for any longer. Throws
 * OpsError `unavailable` when it took too long, the reason of `signal` when that was aborted.
 */
export async function within<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  const either = AbortSignal.any([signal, deadline]);
  const ended = Promise.withResolvers<never>();
  const end = () =>
    ended.reject(
      signal.aborted ? signal.reason : new OpsError('unavailable', `it took more than ${Math.round(ms / 1_000)} s`),
    );
  either.addEventListener('abort', end, { once: true });
  if (either.aborted) end();
  try {
    return await Promise.race([work(either), ended.promise]);
  } finally {
    either.removeEventListener('abort', end);
  }
}
