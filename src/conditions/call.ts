import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { type Read, unknown, value } from './value.ts';

const most = 8;
const environment = new Environment();
for (let index = 0; index < most; index += 1) environment.registerVariable(`a${index}`, 'dyn');

type Run = ReturnType<Environment['parse']>;
const parsed = new Map<string, Run>();

/**
 * Lets CEL's own library compute one function or operator over values that are known to be good:
 * `a0.contains(a1)` with `['x', 'y']`. Whatever it refuses is unknown; `source` is how the condition wrote it.
 */
export function callLibrary(form: string, values: unknown[], source: string): Read {
  if (values.length > most) return unknown(`${source} has more than ${most} arguments`);
  try {
    let run = parsed.get(form);
    if (!run) {
      run = environment.parse(form);
      parsed.set(form, run);
    }
    const result: unknown = run(Object.fromEntries(values.map((each, index) => [`a${index}`, each])));
    if (typeof result === 'number' && !Number.isFinite(result)) return unknown(`${source} is not a number (${result})`);
    return value(result);
  } catch (error) {
    return unknown(`${source} can't be computed: ${wordsOf(error)}`);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof EvaluationError) {
    return error.summary.replaceAll(/dyn<(\w+)>/g, '$1').replaceAll(/\b(double|int|uint)\b(?!\()/g, 'number');
  }
  return error instanceof Error ? error.message : String(error);
}
