import { invalidArguments, SlackError } from './errors.ts';
import type { Json } from './world.ts';

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The arguments of one call: strings when they came form-encoded, real types when they came as JSON. */
export class Args {
  readonly raw: Json;

  constructor(raw: Json) {
    this.raw = raw;
  }

  has(name: string): boolean {
    return this.raw[name] !== undefined && this.raw[name] !== '';
  }

  text(name: string): string | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw invalidArguments(`must provide a string [json-pointer:/${name}]`);
  }

  /** The argument or `invalid_arguments`. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw invalidArguments(`missing required field: ${name}`);
    return value;
  }

  flag(name: string, fallback = false): boolean {
    const value = this.text(name);
    return value === undefined ? fallback : value === 'true' || value === '1';
  }

  /** A whole number from 1 to `max`, or `invalid_limit`-style `invalid_arguments`. */
  count(name: string, fallback: number, max: number): number {
    const value = this.text(name);
    if (value === undefined || value === '') return fallback;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1) throw invalidArguments(`must be an integer [json-pointer:/${name}]`);
    return Math.min(number, max);
  }

  /** Comma-separated text or a JSON array of strings. */
  list(name: string): string[] {
    const value = this.raw[name];
    if (Array.isArray(value)) return value.map(String);
    const text = this.text(name)?.trim() ?? '';
    if (text.startsWith('[')) {
      const parsed = this.structure(name, 'invalid_arguments');
      if (Array.isArray(parsed)) return parsed.map(String);
    }
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** A JSON argument; `error` is what Slack answers when it does not parse. */
  structure(name: string, error: string): unknown {
    const value = this.raw[name];
    if (typeof value !== 'string') return value;
    if (value.trim() === '') return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw new SlackError(error);
    }
  }
}
