/** `web, api and 3 more`: the first `most` of a list for a line of text. */
export function firstFew(items: readonly string[], most: number): string {
  if (items.length <= most) return items.join(', ');
  return `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
}
