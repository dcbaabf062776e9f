/** At most `most` of a list that may be long, then how many more there are: a fact stays readable, and bounded. */
export function firstFew(all: readonly string[], most = 10): string[] {
  const more = all.length - most;
  return more > 0 ? [...all.slice(0, most), `and ${more} more`] : [...all];
}
