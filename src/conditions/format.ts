import { cut, isObject } from './value.ts';

const longest = 120;
const mostElements = 5;
const byteUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/**
 * A measured value as plain text for people, at most 120 characters: `612 ms`, `1.5 GiB`, `a, b … and 3 more`,
 * `missing`. Not escaped: the face that shows it does that.
 */
export function formatValue(value: unknown, unit?: string): string {
  if (Array.isArray(value)) return formatList(value);
  if (typeof value === 'number' && unit === 'bytes') return formatBytes(value);
  const text = plain(value);
  const shown =
    unit !== undefined && (typeof value === 'number' || typeof value === 'bigint') ? `${text} ${unit}` : text;
  return cut(shown, longest);
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return value.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() || '""';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'missing' : value.toISOString();
  if (isObject(value) || Array.isArray(value)) return JSON.stringify(value, bigintsAsText) ?? 'missing';
  return String(value);
}

/** Three decimals, or three digits where the number is smaller than that; never in scientific notation below 1e21. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  const small = Math.abs(value) < 0.1;
  const rounded = small ? Number(value.toPrecision(3)) : Number(value.toFixed(3));
  if (rounded === 0) return '0';
  return Math.abs(rounded) < 1e-6 ? rounded.toFixed(12).replace(/\.?0+$/, '') : String(rounded);
}

function formatBytes(value: number): string {
  let amount = value;
  let step = 0;
  while (Math.abs(amount) >= 1024 && step < byteUnits.length - 1) {
    amount /= 1024;
    step += 1;
  }
  return `${formatNumber(step === 0 ? amount : Number(amount.toFixed(1)))} ${byteUnits[step]}`;
}

function formatList(values: unknown[]): string {
  if (values.length === 0) return 'none';
  const shown: string[] = [];
  let length = 0;
  for (const value of values.slice(0, mostElements)) {
    const text = cut(plain(value), 100);
    if (shown.length > 0 && length + text.length > 100) break;
    shown.push(text);
    length += text.length + 2;
  }
  const more = values.length - shown.length;
  return more > 0 ? `${shown.join(', ')} … and ${more} more` : shown.join(', ');
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
