import type { ConfigProblem, Ops } from '../../config/model.ts';
import { ConfigError, formatProblems } from '../../config/problems.ts';
import { type Found, ok, type Part, problem, warn } from '../model.ts';

interface Loaded {
  ops: Ops;
  severities: { all: readonly unknown[] };
  /** One line for each runbook that a check or a severity names and that isn't there. */
  missingRunbooks: readonly string[];
}

export interface ConfigFile {
  /** Reads the files as they are now. Throws ConfigError. */
  load(): Promise<Loaded>;
}

/** ops.yml and the severities as they are on the disk now: a bot that runs keeps those it started with. */
export function configPart({ load }: ConfigFile): Part {
  return {
    name: 'config',
    look: async () => {
      try {
        const { ops, severities, missingRunbooks } = await load();
        const words = `${ops.file} is good: ${countOf(ops.checks.length, 'check', 'checks')}, ${countOf(severities.all.length, 'severity', 'severities')}`;
        return [ok(words), ...missingRunbooks.map((line) => warn(line, 'write it, or take out its name'))];
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

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
