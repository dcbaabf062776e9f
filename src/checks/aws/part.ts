import type { Probe } from '../../kernel/check.ts';
import { reasonOf } from './reason.ts';

const mostReasons = 20;

/** A probe as its parts see it: their time is over a little before its own, so that the rest can still be told. */
export function asPart<Ending extends Pick<Probe<unknown>, 'signal' | 'partsSignal'>>(probe: Ending): Ending {
  return { ...probe, signal: probe.partsSignal };
}

/**
 * One part of a check. What is refused there must not hide the rest: null then, and the reason goes to `unread`, once.
 * The end of the probe's time, or a mistake of ours, is the whole check's.
 */
export async function part<T>(unread: string[], signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    remark(unread, signal, error);
    return null;
  }
}

/** The same for parts of which one at least has to be there: the first refusal is thrown when none is. */
export async function someParts<T>(unread: string[], signal: AbortSignal, work: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work);
  const found = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = settled.filter((each) => each.status === 'rejected');
  if (found.length === 0 && refused[0]) throw refused[0].reason;
  for (const { reason } of refused) remark(unread, signal, reason);
  return found;
}

function remark(unread: string[], signal: AbortSignal, error: unknown): void {
  const reason = reasonOf(error, signal);
  if (!unread.includes(reason) && unread.length <= mostReasons)
    unread.push(unread.length === mostReasons ? 'and more' : reason);
}
