import { PortError } from '../kernel/errors.ts';
import type { Answer, Call } from './caller.ts';
import type { SlackMethod } from './scopes.ts';

/** Where following cursors ends, so that a server that never ends doesn't keep us. */
const mostPages = 50;

/** What stands under `list` in every page of Slack's answer, object by object. @throws PortError */
export async function* itemsOf(call: Call, method: SlackMethod, list: string, args: Answer): AsyncGenerator<Answer> {
  let cursor = '';
  for (let page = 0; page < mostPages; page += 1) {
    const where = { ...args, limit: 1_000, ...(cursor && { cursor }) };
    const answer = await call(method, where, { slow: true, idempotent: true });
    const items = answer[list];
    if (!Array.isArray(items)) throw unclear(method);
    yield* items.filter(isObject);
    const metadata = answer.response_metadata;
    cursor = isObject(metadata) && typeof metadata.next_cursor === 'string' ? metadata.next_cursor : '';
    if (cursor === '') return;
  }
}

/** Slack answered, but not what we can work with. */
export function unclear(method: SlackMethod): PortError {
  return new PortError('invalid_answer', `Slack's answer to ${method} says too little`, { retryable: false });
}

export function isObject(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null;
}
