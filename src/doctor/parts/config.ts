import type { ConfigProblem, Ops } from '../../config/model.ts';
import { ConfigError, formatProblems } from '../../config/problems.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

export interface ConfigFile {
  /** Reads the file as it is now. Throws ConfigError. */
  load(): Promise<Ops>;
  /** One line for each runbook that a check names and that isn't there. */
  missingRunbooks(ops: Ops): string[];
}

/** ops.yml as it is on the disk now: a bot that runs keeps the one it started with. */
export function configPart({ load, missingRunbooks }: ConfigFile): Part {
  return {
    name: 'config',
    look: async () => {
      try {
        const ops = await load();
        const words = `${ops.file} is good: ${ops.checks.length} ${ops.checks.length === 1 ? 'check' : 'checks'}`;
        return [ok(words), ...missingRunbooks(ops).map((line) => warn(line, 'write it, or take it from the check'))];
      } catch (error) {
        if (error instanceof ConfigError) return configProblems(error);
        throw error;
      }
    },
  };
}

/** Each mistake of a config file or of the environment, with what is allowed instead. */
export function configProblems({ problems }: ConfigError): Found[] {
  return problems.map(oneProblem);
}

function oneProblem(mistake: ConfigProblem): Found {
  const [where = '', found = ''] = formatProblems([{ ...mistake, allowed: '' }]).split('\n');
  return problem(`${where}: ${found.trim()}`, `allowed: ${mistake.allowed}`);
}
