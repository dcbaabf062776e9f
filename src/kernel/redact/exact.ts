/** Values that are known to be secret, wherever they turn up: the last guard for tokens that look like nothing. */
export interface KnownSecrets {
  /** Takes values of at least 8 characters; shorter ones would shred ordinary text. */
  add(...values: readonly (string | undefined)[]): void;
  mask(text: string): string;
}

const shortest = 8;

/** A set of secret values that can still grow; none of them is ever given out again. */
export function knownSecrets(...values: readonly (string | undefined)[]): KnownSecrets {
  let known: string[] = [];
  const add: KnownSecrets['add'] = (...more) => {
    const long = more
      .map((value) => value?.trim() ?? '')
      .filter((value) => value.length >= shortest && !known.includes(value));
    if (long.length === 0) return;
    // The longest first: one secret may begin with another.
    known = [...new Set([...known, ...long])].sort((a, b) => b.length - a.length);
  };
  add(...values);
  return { add, mask: (text) => known.reduce((masked, value) => masked.replaceAll(value, '***'), text) };
}
