import { z } from 'zod';
import type { CompileCondition, Condition } from '../../../src/conditions/model.ts';
import { type LoadOptions, parseOps } from '../../../src/config/load.ts';
import type { ConfigProblem, Ops } from '../../../src/config/model.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { type CheckType, defineCheck } from '../../../src/kernel/check.ts';
import { plainOrSecret } from '../../../src/kernel/secret.ts';

const web = defineCheck({
  type: 'web',
  summary: 'A made-up web check',
  catalogue: [],
  params: z.strictObject({
    url: z.url(),
    headers: z.record(z.string(), plainOrSecret).default({}),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    proxy: z.strictObject({ host: z.string(), port: z.int().min(1) }).optional(),
  }),
  facts: () => ({
    status: { type: 'number', help: 'Status' },
    latency_ms: { type: 'number', unit: 'ms', help: 'Latency' },
  }),
  rules: () => ({}),
  iam: [],
  describe: (target) => target.url,
  example: '',
  run: async () => ({ facts: {} }),
});

const database = defineCheck({
  type: 'database',
  summary: 'A made-up database check',
  catalogue: [],
  params: z.object({ dsn: plainOrSecret, schema: z.union([z.string(), z.array(z.string())]).optional() }),
  facts: () => ({
    connections_pct: { type: 'number', unit: '%', help: 'Connections' },
    locks: { type: 'number', help: 'Locks' },
    deadlocks_per_min: { type: 'number', rate: true, help: 'Deadlocks' },
  }),
  rules: () => ({
    fail: [{ when: 'connections_pct >= 90', say: 'over 90 % of the connections are taken' }],
    warn: [{ when: 'connections_pct > 80', say: 'connections run out' }, { when: 'deadlocks_per_min > 10' }],
    clear: [{ when: 'connections_pct < 70' }],
  }),
  iam: [],
  describe: () => 'database',
  example: '',
  run: async () => ({ facts: {} }),
});

const script = defineCheck({
  type: 'script',
  summary: 'A made-up script check',
  catalogue: [],
  params: z.strictObject({ run: z.array(z.string()).min(1) }),
  facts: () => ({ exit_code: { type: 'number', help: 'Exit code' } }),
  rules: () => ({ fail: [{ when: 'exit_code == 2' }] }),
  iam: [],
  describe: () => 'script',
  example: '',
  run: async () => ({ facts: {} }),
});

/** The widened type that a registry holds; parameters are only ever passed to the type that parsed them. */
export const checkTypes: CheckType[] = [web, database, script] as unknown as CheckType[];

/** `fact op anything`, enough to test what is done with conditions. */
export const compile: CompileCondition = (rule, specs) => {
  const fact = /^\s*(\w+)\s*(<=|>=|==|!=|<|>)/.exec(rule.when)?.[1];
  if (fact === undefined) return { ok: false, problem: { found: 'no comparison', allowed: 'fact op value' } };
  if (!Object.hasOwn(specs, fact)) {
    const allowed = `this check has: ${Object.keys(specs).join(', ')}`;
    return { ok: false, problem: { found: `unknown fact "${fact}"`, allowed } };
  }
  const condition: Condition = {
    rule,
    source: rule.when,
    reads: [fact],
    evaluate: () => ({ kind: 'false' }),
    explain: () => undefined,
    limits: [],
    usual: rule.when.includes('baseline(') ? [fact] : [],
    given: () => condition,
  };
  return { ok: true, condition };
};

export const options: LoadOptions = { checkTypes, compile, env: {} };

export function parse(text: string, env: NodeJS.ProcessEnv = {}): Ops {
  return parseOps(text, 'ops.yml', { ...options, env });
}

/** The problems of a config that must have some. */
export function problemsOf(text: string): readonly ConfigProblem[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the config was accepted');
}

/** The only problem of a config, without its file. */
export function problemOf(text: string): Omit<ConfigProblem, 'file'> {
  const problems = problemsOf(text);
  if (problems.length !== 1) throw new Error(`${problems.length} problems: ${JSON.stringify(problems, null, 1)}`);
  const { file: _file, ...problem } = problems[0]!;
  return problem;
}

/** One good check, to which a test adds lines. */
export function checkWith(lines: string, type = 'web: {url: "https://a.example"}\n    fail: status != 200'): string {
  return `checks:\n  - id: api\n    ${type}\n${lines.replace(/^/gm, '    ')}\n`;
}
