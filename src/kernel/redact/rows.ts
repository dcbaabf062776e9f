import { isSecretName } from './names.ts';
import { isNoValue } from './pairs.ts';
import { maskPersonal } from './personal.ts';

/** What databases put of a row into their errors. */

const failingRow = /(failing row contains )\((?!\[row\]\))[^\n]*/gi;
const key =
  /\bKey \(([^()\n]{1,400})\)=\(([^\n]{1,1000}?)\)(?= (?:already exists|is not present|is still referenced|conflicts|is duplicated))/g;
const entry = /(Duplicate entry ')([^'\n]{1,1000})(' for key ['"`])([\w.$-]{1,130})/g;

const mayHoldRow = /failing row|Key \(|Duplicate entry/i;

/** Failing rows masked whole; values of keys by the names of their columns. */
export function maskRows(text: string): string {
  if (!mayHoldRow.test(text)) return text;
  return text
    .replace(failingRow, (row: string, start: string) => `${start}([row])${row.endsWith(').') ? '.' : ''}`)
    .replace(key, (whole, names: string, values: string) => {
      const columns = names.split(', ');
      const parts = columns.length === 1 ? [values] : values.split(', ');
      // A value that holds a comma can't be told from two: then the row is one secret or none.
      const shown =
        parts.length === columns.length
          ? parts.map((part, at) => maskNamed(part, columns[at] ?? '')).join(', ')
          : columns.some((column) => isSecretName(column))
            ? '***'
            : values;
      return shown === values ? whole : `Key (${names})=(${shown})`;
    })
    .replace(entry, (whole, start: string, value: string, middle: string, name: string) => {
      const shown = maskNamed(value, name.split('.').at(-1) ?? '');
      return shown === value ? whole : `${start}${shown}${middle}${name}`;
    });
}

/** A bare value by the name it stands under: `phone`, `ssn`, `mrn` and `dob` tell what a number is. */
export function maskNamed(value: string, name: string): string {
  if (isSecretName(name)) return isNoValue(value, name) ? value : '***';
  if (!/^[\w +()./-]{2,40}$/.test(value) || !/^[\w -]{2,40}$/.test(name)) return value;
  const line = maskPersonal(`${name}: ${value}`);
  return line.startsWith(`${name}: [`) ? line.slice(name.length + 2) : value;
}
