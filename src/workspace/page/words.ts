import type { Outcome } from '../interactions.ts';
import type { ActOutcome } from './contract.ts';

/** What an outcome says to the person who sees it. */
export function told(
  { ok, error, errors }: Outcome & { errors?: Record<string, string> },
  { bot, line, ackMs }: { bot: string; line?: string; ackMs: number },
): ActOutcome {
  if (ok) return { ok: true };
  const code = error ?? 'unknown_error';
  return { ok: false, error: code, message: words(code, bot, line, ackMs), ...(errors && { errors }) };
}

function words(code: string, bot: string, line: string | undefined, ackMs: number): string {
  if (code === 'operation_timeout') return `${bot} did not answer within ${seconds(ackMs)} (operation_timeout)`;
  if (code === 'dispatch_failed') return `${bot} can't be reached, or answered with an error (dispatch_failed)`;
  if (code === 'unknown_command') return `${line?.split(/\s/)[0] ?? 'This'} is not a valid command`;
  if (code === 'unknown_shortcut') return `${bot} has no such shortcut`;
  if (code === 'invalid_input') return 'Something is missing, or not as it must be';
  if (code === 'errors') return `${bot} refuses what was entered`;
  return `${bot} answered with what Slack refuses (${code})`;
}

function seconds(ms: number): string {
  return ms === 1000 ? '1 second' : `${ms / 1000} seconds`;
}
