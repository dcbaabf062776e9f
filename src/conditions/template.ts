/** A `{json.a.b}` or `{names[0]}` in a rule's `say`. */
export interface Placeholder {
  /** Between the braces. */
  text: string;
  /** Undefined = it is not a path. */
  path: string[] | undefined;
  /** Where it stands in the text. */
  start: number;
  end: number;
}

const step = /^\.?([A-Za-z_][A-Za-z0-9_]*)|^\[(\d+)\]|^\[(?:"([^"]*)"|'([^']*)')\]/;

/** Every `{…}` of a text, in order. */
export function placeholdersOf(text: string): Placeholder[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => {
    const inner = (match[1] ?? '').trim();
    return { text: inner, path: pathOf(inner), start: match.index, end: match.index + match[0].length };
  });
}

function pathOf(text: string): string[] | undefined {
  const path: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = step.exec(rest);
    const key = match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4];
    if (!match || key === undefined || (path.length === 0) !== /^[A-Za-z_]/.test(rest)) return undefined;
    path.push(key);
    rest = rest.slice(match[0].length);
  }
  return path.length > 0 ? path : undefined;
}
