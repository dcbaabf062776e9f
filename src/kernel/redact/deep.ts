import { maskExact } from './exact.ts';
import { maskNamed } from './rows.ts';
import { redact } from './text.ts';

const maxDepth = 64;
/** What is surely the name of a field and nothing more. */
const plainName = /^[A-Za-z_]{1,24}$/;

/**
 * A copy of plain data with every text redacted, keys included; a value under the name of a secret is masked whole.
 * Dates stay, maps, sets and errors become plain data, what refers back to itself `[circular]`.
 */
export function redactDeep(value: unknown): unknown {
  const text = (raw: string, key = '') => redact(raw === '' || key === '' ? raw : maskNamed(raw, key));

  /** A number is masked only for the name it stands under, or when it is known: counts and times are numbers too. */
  const number = (raw: number | bigint, key: string) => {
    const written = String(raw);
    const shown = maskExact(key === '' ? written : maskNamed(written, key));
    return shown === written ? raw : shown;
  };

  const copy = (part: unknown, key: string, above: readonly object[]): unknown => {
    if (typeof part === 'string') return text(part, key);
    if (typeof part === 'number' || typeof part === 'bigint') return number(part, key);
    if (typeof part !== 'object' || part === null || part instanceof Date) return part;
    if (above.includes(part)) return '[circular]';
    if (above.length >= maxDepth) return '[too deep]';
    const here = [...above, part];
    if (Array.isArray(part)) return part.map((item) => copy(item, key, here));
    if (part instanceof Set) return [...part].map((item) => copy(item, key, here));
    if (part instanceof Map) return members([...part], here);
    if (part instanceof Error) return members(errorMembers(part), here);
    if ('toJSON' in part && typeof part.toJSON === 'function') return copy(part.toJSON(), key, here);
    if (ArrayBuffer.isView(part)) return `[${part.byteLength} bytes]`;
    return members(Object.entries(part), here);
  };

  const members = (entries: (readonly [unknown, unknown])[], above: readonly object[]) =>
    Object.fromEntries(
      entries.map(([name, item]) => {
        const key = String(name);
        return [plainName.test(key) ? maskExact(key) : text(key), copy(item, key, above)];
      }),
    );

  return copy(value, '', []);
}

function errorMembers(error: Error): [string, unknown][] {
  return [['name', error.name], ['message', error.message], ['stack', error.stack], ...Object.entries(error)];
}
