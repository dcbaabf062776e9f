/** What goes out as XML: an object's keys are elements, an array repeats its element, undefined is left out. */
export function toXml(value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((each) => toXml(each, name)).join('');
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object')
    return `<${name}>${Object.entries(value)
      .map(([key, inner]) => toXml(inner, key))
      .join('')}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (mark) => marks[mark]!);
}

/** `Filters.Filter.1.Name=x` → `{Filters: {Filter: [{Name: 'x'}]}}`; `A.member.1` → `{A: ['…']}`. */
export function fromForm(body: string): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(body)) put(root, key.split('.'), value);
  return arrays(root) as Record<string, unknown>;
}

function put(into: Record<string, unknown>, [first = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  into[first] ??= {};
  put(into[first] as Record<string, unknown>, rest, value);
}

/** Keys 1, 2, 3… are a list; a list alone under `member` is its parent. */
function arrays(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key)))
    return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, each]) => arrays(each));
  if (entries.length === 1 && entries[0]![0] === 'member') return arrays(entries[0]![1]);
  return Object.fromEntries(entries.map(([key, each]) => [key, arrays(each)]));
}
