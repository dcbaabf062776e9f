/** One value of the monitoring plugins' performance data: `'label'=value[unit];[warn];[crit];[min];[max]`. */
export interface Perfdatum {
  label: string;
  /** Null = `U` (the plugin could not determine it), or no number: `0x1F`, `1_000`, `99,5`. */
  value: number | null;
  /** As written: s, us, ms, %, B, KB, MB, TB, c (a counter), or empty. */
  unit: string;
  /** Ranges as written, such as `10:20`, `@5`, `~:0`. */
  warn?: string;
  crit?: string;
  min?: number;
  max?: number;
}

export interface PluginOutput {
  /** The first line, before `|`. */
  text: string;
  /** The lines below, up to the second `|`. */
  longText: string;
  perfdata: Perfdatum[];
}

/**
 * Reads a plugin's output: `text | perfdata`, then lines of long text, then `|` and only perfdata up to the end.
 * Words where perfdata belongs are left out; a label with something that is no number has the value null. Pure.
 */
export function parsePluginOutput(output: string): PluginOutput {
  const [first = '', ...rest] = output.replaceAll('\r\n', '\n').split('\n');
  const [text, firstPerfdata] = splitAtBar(first);
  const [longText, restPerfdata] = splitAtBar(rest.join('\n'));
  return {
    text: text.trim(),
    longText: longText.trim(),
    perfdata: parsePerfdata(`${firstPerfdata}\n${restPerfdata}`),
  };
}

function splitAtBar(text: string): [string, string] {
  const bar = text.indexOf('|');
  return bar === -1 ? [text, ''] : [text.slice(0, bar), text.slice(bar + 1)];
}

/** A quote inside a quoted label is written twice. */
const token = /(?:'((?:[^']|'')*)'|([^\s='"|]+))=(\S*)/g;
/** A unit is letters; `0xFF` is not 0 of the unit xFF. */
const measured = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|U)(%|(?![xXe])[\p{L}°][\p{L}°%/]*|)$/u;

/** All values of a perfdata string, in order. Pure. */
export function parsePerfdata(text: string): Perfdatum[] {
  const found: Perfdatum[] = [];
  for (const [, quoted, bare, fields] of text.matchAll(token)) {
    const [value = '', warn = '', crit = '', min = '', max = ''] = (fields ?? '').split(';');
    const match = measured.exec(value);
    found.push({
      label: quoted === undefined ? (bare ?? '') : quoted.replaceAll("''", "'"),
      value: match === null || match[1] === 'U' ? null : Number(match[1]),
      unit: match?.[2] ?? '',
      ...(warn !== '' && { warn }),
      ...(crit !== '' && { crit }),
      ...numeric('min', min),
      ...numeric('max', max),
    });
  }
  return found;
}

function numeric(name: 'min' | 'max', text: string): Partial<Perfdatum> {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? { [name]: value } : {};
}

/** Values by label; a label that stands there twice has two values, so none: null. Pure. */
export function byLabel(perfdata: Perfdatum[]): Map<string, number | null> {
  const values = new Map<string, number | null>();
  for (const { label, value } of perfdata) values.set(label, values.has(label) ? null : value);
  return values;
}

/**
 * The value of the label that a declared fact names, as it is or as a word. Null when it is no number, or when several
 * labels could be meant: `/var/log` and `var.log` are both `var_log`. Undefined = there is no such label. Pure.
 */
export function declaredValue(perfdata: Perfdatum[], name: string): number | null | undefined {
  const [found, ...more] = perfdata.filter(({ label }) => label === name || wordOf(label) === name);
  return found && (more.length > 0 ? null : found.value);
}

/** The name a label gets where it has to be a word: `/var/log` → `var_log`, `'time taken'` → `time_taken`. */
export function wordOf(label: string): string {
  return label.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
}
