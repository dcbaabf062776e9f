import type { ConfigProblem } from './model.ts';
import { listWithGuess } from './suggest.ts';

/**
 * Names of a list such as `reports.scheduled` that there is no file for, or whose file has no times. `times`: how many each
 * file has, by its name. Pure.
 */
export function wronglyScheduled(
  { file, path, names }: { file: string; path: string; names: readonly string[] },
  times: ReadonlyMap<string, number>,
): ConfigProblem[] {
  return names.flatMap((name, at): ConfigProblem[] => {
    const where = { file, path: `${path}[${at}]` };
    const count = times.get(name);
    if (count === undefined) return [{ ...where, found: `"${name}"`, allowed: listWithGuess(name, [...times.keys()]) }];
    if (count > 0) return [];
    return [{ ...where, found: `"${name}", whose file has no schedule`, allowed: 'one that begins by itself' }];
  });
}
