const longest = 60;

/** What somebody typed, to be said back to them in a line: at most 60 characters (code points). Not escaped. */
export function echo(typed: string): string {
  const characters = Array.from(typed);
  return characters.length <= longest ? typed : `${characters.slice(0, longest - 1).join('')}…`;
}
