import { PortError } from '../kernel/errors.ts';

/**
 * Posts to a `response_url`. Never repeated: Slack counts the uses, and an answer twice is worse than a lost one.
 * @throws PortError with Slack's word (`used_url`, `expired_url`), `unconfirmed` or `unreachable`.
 */
export async function respondTo(url: string, body: Record<string, unknown>, signal: AbortSignal): Promise<void> {
  let status: number;
  let answer: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    });
    status = response.status;
    answer = await response.text();
  } catch (error) {
    throw new PortError('unconfirmed', 'the response_url did not answer', { retryable: false, cause: error });
  }
  const word = wordOf(answer);
  if (status === 200 && word === undefined) return;
  if (status === 429) throw new PortError('rate_limited', 'the response_url asks to wait', { retryable: true });
  throw new PortError(word ?? `http_${status}`, `the response_url refuses: ${word ?? status}`, { retryable: false });
}

/** Slack's word for a refusal: `{"ok":false,"error":"…"}` or a bare word; undefined when all is well. */
function wordOf(answer: string): string | undefined {
  const text = answer.trim();
  if (text === '' || text === 'ok') return undefined;
  const named = /"error"\s*:\s*"([a-z0-9_]+)"/i.exec(text);
  if (named) return named[1];
  if (/"ok"\s*:\s*true/.test(text)) return undefined;
  return /^[a-z0-9_]{1,60}$/i.test(text) ? text : 'invalid_answer';
}
