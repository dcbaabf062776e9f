/** One line of at most so many characters. */
export function cut(text: string, most: number): string {
  if (most < 1) return '';
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most
    ? line
    : `${line
        .slice(0, most - 1)
        .toWellFormed()
        .trimEnd()}…`;
}
