import { OpsError, PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';
import { type Doctor, type Finding, type Found, type Part, states, unknown } from './model.ts';

const defaultDeadlineMs = 10_000;

/**
 * Looks at all parts at the same time, each with a deadline of its own: a part that fails or hangs is unknown, and holds no
 * other back. Worst first, parts of one state in their own order. Never rejects.
 */
export async function examine(
  parts: readonly Part[],
  { signal, deadlineMs = defaultDeadlineMs }: { signal: AbortSignal; deadlineMs?: number },
): Promise<Finding[]> {
  const found = await Promise.all(
    parts.map(async (part) => (await lookAt(part, signal, deadlineMs)).map((each) => finding(part.name, each))),
  );
  return found.flat().sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
}

/** A doctor over parts that are made anew for each examination, so that what they keep is never old. */
export function createDoctor(parts: (signal: AbortSignal) => readonly Part[], deadlineMs?: number): Doctor {
  return { examine: (signal) => examine(parts(signal), { signal, ...(deadlineMs !== undefined && { deadlineMs }) }) };
}

async function lookAt(part: Part, asker: AbortSignal, deadlineMs: number): Promise<Found[]> {
  const end = new AbortController();
  const ended = Promise.withResolvers<Found[]>();
  const stop = (why: string) => {
    ended.resolve([unknown(why)]);
    end.abort();
  };
  const timer = setTimeout(() => stop(`no answer within ${deadlineMs / 1_000} s`), deadlineMs);
  const leave = () => stop('interrupted before it was looked at');
  if (asker.aborted) leave();
  asker.addEventListener('abort', leave, { once: true });
  try {
    const found = await Promise.race([ended.promise, looked(part, end.signal)]);
    // A part that says nothing must not look like one that is fine.
    return found.length > 0 ? found : [unknown('nothing was found out')];
  } finally {
    clearTimeout(timer);
    asker.removeEventListener('abort', leave);
  }
}

async function looked(part: Part, signal: AbortSignal): Promise<Found[]> {
  try {
    return await part.look(signal);
  } catch (error) {
    return [failure(error)];
  }
}

/** What kept a part from being looked at, in the error's own words. */
export function failure(error: unknown): Found {
  if (error instanceof OpsError) return unknown(error.message, error.hint);
  if (error instanceof PortError && error.reason === 'missing_scope')
    return unknown(error.message, 'reinstall the app');
  if (error instanceof AggregateError && error.errors.length > 0) return failure(error.errors[0]);
  return unknown(error instanceof Error ? error.message || error.name : String(error));
}

function finding(part: string, { state, message, fix }: Found): Finding {
  return { part, state, message: redact(message), ...(fix !== undefined && { fix: redact(fix) }) };
}
