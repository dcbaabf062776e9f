import { RE2JS, RE2JSException } from 're2js';
import { type Read, unknown, value } from './value.ts';

const most = 200;
const compiled = new Map<string, RE2JS>();

/**
 * `text.matches(pattern)`: true when the pattern is found anywhere. Time grows with the length of the text and never
 * explodes as it does in JavaScript's engine, where `(a+)+$` takes seconds for 29 characters of somebody's answer.
 */
export function matches(text: unknown, pattern: unknown, source: string): Read {
  if (typeof text !== 'string' || typeof pattern !== 'string') return unknown(`${source} needs two texts`);
  const engine = engineOf(pattern);
  return engine ? value(engine.test(text)) : unknown(`${source}: not a regular expression that conditions know`);
}

/** Whether `matches` can use it: RE2's syntax, so neither look-around nor back-references. */
export function isPattern(pattern: string): boolean {
  return engineOf(pattern) !== undefined;
}

function engineOf(pattern: string): RE2JS | undefined {
  const known = compiled.get(pattern);
  if (known) return known;
  try {
    const engine = RE2JS.compile(pattern);
    // Patterns may come out of an answer (`body.matches(json.pattern)`): the map must not grow with them.
    if (compiled.size >= most) compiled.clear();
    compiled.set(pattern, engine);
    return engine;
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}
