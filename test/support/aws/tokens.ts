import type { AwsRefusal } from './refusal.ts';

/**
 * A page of `size` items from a token on, which can't be read, as AWS's can't. `refuse` makes what the service answers to a
 * size past its cap and to a token that is none of its own.
 */
export function tokenPage<Item>(
  items: Item[],
  { size, token, least = 1, most }: { size: unknown; token: unknown; least?: number; most: number },
  refuse: (message: string) => AwsRefusal,
): { items: Item[]; next: string | undefined } {
  const asked = size === undefined ? most : Number(size);
  if (!(asked >= least && asked <= most)) throw refuse(`The page size must be between ${least} and ${most}`);
  const from = token === undefined ? 0 : Number(Buffer.from(String(token), 'base64url').toString());
  if (!Number.isInteger(from)) throw refuse('The token is not valid');
  const end = from + asked;
  return {
    items: items.slice(from, end),
    next: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
