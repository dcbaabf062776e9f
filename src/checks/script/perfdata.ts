/** One value of the monitoring plugins' performance data: `'label'=value[unit];[warn];[crit];[min];[max]`. */
export interface Perfdatum {
  label: string;
  /** Null = `U`: the plugin could not determine it. */
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
 * What is not perfdata where perfdata belongs is left out. Pure.
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
const measured = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|U)([^\d;]*)$/;

/** All values of a perfdata string, in order. Pure. */
export function parsePerfdata(text: string): Perfdatum[] {
  const found: Perfdatum[] = [];
  for (const [, quoted, bare, fields] of text.matchAll(token)) {
    const [value = '', warn = '', crit = '', min = '', max = ''] = (fields ?? '').split(';');
    const match = measured.exec(value);
    if (match === null) continue;
    found.push({
      label: quoted === undefined ? (bare ?? '') : quoted.replaceAll("''", "'"),
      value: match[1] === 'U' ? null : Number(match[1]),
      unit: match[2] ?? '',
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

/** The name a label gets where it has to be a word: `/var/log` → `var_log`, `'time taken'` → `time_taken`. */
export function wordOf(label: string): string {
  return label.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
}
