import { redact } from '../kernel/redact.ts';

/** As ops.yml takes it, with room for a number behind it. */
const longest = 56;

/**
 * Makes ids: kebab case, at most 60 characters, each once; the same names in the same order make the same ids. What would be
 * masked as a secret, or has no letter of an id in it, is named by `fallback`.
 */
export function idMaker(): (words: readonly string[], fallback: string) => string {
  const taken = new Set<string>();
  return (words, fallback) => {
    const plain = kebab(words.join(' ')) || kebab(fallback);
    const wished = redact(plain) === plain ? plain : kebab(fallback);
    let id = wished;
    for (let number = 2; taken.has(id); number += 1) id = `${wished}-${number}`;
    taken.add(id);
    return id;
  };
}

function kebab(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-|-$/g, '');
}
