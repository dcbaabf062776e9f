import type { Args } from './args.ts';
import { SlackError } from './errors.ts';

/** One page of a list by Slack's cursor, with the cursor of the next one (empty at the end). */
export function page<T>(args: Args, items: T[], fallback: number, max: number, error = 'invalid_cursor') {
  const limit = args.count('limit', fallback, max);
  const cursor = args.text('cursor');
  let start = 0;
  if (cursor) {
    const decoded = Buffer.from(cursor, 'base64')
      .toString('utf8')
      .match(/^offset:(\d+)$/)?.[1];
    if (decoded === undefined) throw new SlackError(error);
    start = Number(decoded);
  }
  const end = start + limit;
  const next = end < items.length ? Buffer.from(`offset:${end}`).toString('base64') : '';
  return { items: items.slice(start, end), response_metadata: { next_cursor: next } };
}
