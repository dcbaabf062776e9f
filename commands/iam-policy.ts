import type { Ops } from '../src/config/model.ts';
import { readOps } from '../src/configuration.ts';
import { needsOf, type RoleNeeds } from '../src/iam/needs.ts';
import { policyOf } from '../src/iam/policy.ts';
import { headOf, nameOf, tableOf } from '../src/iam/table.ts';
import { terraformOf } from '../src/iam/terraform.ts';
import { defineCommand, type Reply, type TextFile } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { escapeSlack } from '../src/kernel/escape.ts';
import { readFlags } from '../src/kernel/flags.ts';
import type { Services } from '../src/services.ts';

const usage = '[--account NAME] [--terraform]';

export default defineCommand<Services>({
  name: 'iam-policy',
  summary:
    'The least IAM policy for what the checks of `ops.yml` ask AWS, account by account, with what each action is for',
  usage,
  examples: ['iam-policy', 'iam-policy --account shop', 'iam-policy --terraform'],
  role: 'operator',
  run: async (ctx, args) => answer(ctx.services.ops, args),
  // It reads the config alone, and that of this terminal.
  aloneFor: () => true,
  withoutBot: async ({ variables }, args) => answer(await readOps(variables), args),
});

function answer(ops: Ops, args: string[]): Reply {
  const { asked, terraform } = wordsOf(args);
  const roles = needsOf(ops).filter((each) => asked === undefined || isNamed(each, asked));
  if (roles.length === 0) {
    const names = ['own', ...[...ops.aws.accounts.keys()].sort()];
    const hint = `use ${names.join(', ')}; aws.accounts in ops.yml names the others`;
    throw new OpsError('not_found', `There is no AWS account "${echo(asked ?? '')}"`, { hint });
  }
  const needed = roles.filter(({ needs }) => needs.length > 0);
  const said = roles.map(headOf);
  return {
    place: 'asker',
    slack: () => {
      const text = escapeSlack(said.join('\n'));
      return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
    },
    ...(needed.length > 0 && { files: async () => (terraform ? [terraformFile(needed)] : needed.map(policyFile)) }),
    terminal: () => (terraform && needed.length > 0 ? terraformOf(roles) : roles.map(policyText).join('\n\n')),
    json: () => ({ roles: roles.map(roleJson) }),
  };
}

function isNamed(each: RoleNeeds, name: string): boolean {
  return nameOf(each) === name || each.accounts.some((account) => account.name === name);
}

function wordsOf(args: string[]): { asked: string | undefined; terraform: boolean } {
  const options = { account: { type: 'string' }, terraform: { type: 'boolean' } } as const;
  const { values, positionals } = readFlags(args, options, `iam-policy ${usage}`);
  const [word] = positionals;
  if (word !== undefined)
    throw new OpsError('invalid', `iam-policy does not take "${echo(word)}"`, { hint: `usage: iam-policy ${usage}` });
  return { asked: values.account, terraform: values.terraform ?? false };
}

/** What explains it begins with #, so that the rest is JSON: `grep -v '^#'`. */
function policyText(each: RoleNeeds): string {
  const lines = [headOf(each), ...tableOf(each)].map((line) => `# ${line}`);
  return [...lines, ...(each.needs.length > 0 ? [policyJson(each)] : [])].join('\n');
}

function roleJson(each: RoleNeeds): object {
  const { accounts, checks, needs } = each;
  return {
    accounts: accounts.length > 0 ? accounts.map(({ name }) => name) : ['own'],
    role: accounts[0]?.role ?? null,
    checks,
    needs: needs.map(({ action, by }) => ({ action, by })),
    policy: needs.length > 0 ? policyOf(each) : null,
  };
}

function policyJson(each: RoleNeeds): string {
  return JSON.stringify(policyOf(each), null, 2);
}

function policyFile(each: RoleNeeds): TextFile {
  return { name: `rounds-${nameOf(each)}-policy.json`, title: headOf(each), text: policyJson(each) };
}

function terraformFile(needed: readonly RoleNeeds[]): TextFile {
  return { name: 'rounds-roles.tf', title: 'Roles of Rounds at AWS', text: terraformOf(needed) };
}
