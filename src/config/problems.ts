import type { ConfigProblem } from './model.ts';

/** A config file or environment with mistakes: all of them, ready to print. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}

/** Every problem as three lines: `file:line  path`, what was found, what is allowed. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(formatProblem).join('\n');
}

function formatProblem(problem: ConfigProblem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const path = problem.path === '' ? '' : `  ${withCheckId(problem)}`;
  return `${place}${path}\n  found: ${problem.found}\n  allowed: ${problem.allowed}`;
}

/** `checks[3].warn[0]` of the check main-db → `checks[3] (main-db).warn[0]`. */
function withCheckId({ path, check }: ConfigProblem): string {
  return check === undefined ? path : path.replace(/^checks\[\d+\]/, (entry) => `${entry} (${check})`);
}
