import { Unmeasured } from '../../kernel/check.ts';

/** Why a part of a check is not there: a remark. The end of the probe's time (not of its parts'), or a mistake of ours, is the whole check's. */
export function reasonOf(error: unknown, signal: AbortSignal): string {
  if (!(error instanceof Unmeasured)) throw error;
  if (signal.aborted) throw signal.reason instanceof Unmeasured ? signal.reason : error;
  return error.next ? `${error.message} → ${error.next}` : error.message;
}
