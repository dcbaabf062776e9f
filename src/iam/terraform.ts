import type { RoleNeeds } from './needs.ts';
import { policyOf } from './policy.ts';
import { headOf, tableOf } from './table.ts';

/** The roles that read other accounts, and what the bot's own role needs, as HCL. Each is applied in its own account. Pure. */
export function terraformOf(roles: readonly RoleNeeds[]): string {
  const needed = roles.filter(({ needs }) => needs.length > 0);
  const parts = [
    ...(needed.some(({ accounts }) => accounts.length > 0) ? [principalVariable] : []),
    ...(needed.some(({ accounts }) => accounts.length === 0) ? [roleVariable] : []),
    ...needed.map(roleBlocks),
  ];
  return parts.join('\n\n');
}

const principalVariable = `variable "rounds_principal" {
  description = "ARN of the role that Rounds runs as: it alone may take the roles below"
  type        = string
}`;

const roleVariable = `variable "rounds_role" {
  description = "Name of the role that Rounds runs as"
  type        = string
}`;

function roleBlocks(each: RoleNeeds): string {
  const [account] = each.accounts;
  const name = account ? `rounds_${account.name.replaceAll('-', '_')}` : 'rounds';
  const head = [headOf(each), ...tableOf(each)].map((line) => `# ${line}`).join('\n');
  const blocks = [documentOf(name, each)];
  if (account) {
    const { path, role } = roleParts(account.role);
    blocks.push(trustOf(name, account.externalId), roleOf(name, { path, role }));
    blocks.push(managedPolicy(name, role, path), attachment(name, `aws_iam_role.${name}.name`));
  } else blocks.push(managedPolicy(name, 'rounds-read', '/'), attachment(name, 'var.rounds_role'));
  return [head, ...blocks].join('\n\n').replace('\n\n', '\n');
}

/** `arn:aws:iam::111122223333:role/ops/rounds-read` → path `/ops/`, role `rounds-read`. */
function roleParts(arn: string): { path: string; role: string } {
  const whole = arn.slice(arn.indexOf(':role/') + ':role'.length);
  const at = whole.lastIndexOf('/') + 1;
  return { path: whole.slice(0, at), role: whole.slice(at) };
}

function documentOf(name: string, each: RoleNeeds): string {
  const statements = policyOf(each).Statement.map(({ Sid, Action, Resource }) => {
    const attributes = { sid: quoted(Sid), actions: listOf(Action, 4), resources: listOf([Resource].flat(), 4) };
    return `  statement {\n${aligned(attributes, 4)}\n  }`;
  });
  return `data "aws_iam_policy_document" ${quoted(name)} {\n${statements.join('\n')}\n}`;
}

/** As `terraform fmt` has it: one below the other, as far as values of one line follow each other. */
function aligned(attributes: Record<string, string>, indent: number): string {
  const entries = Object.entries(attributes);
  const width = Math.max(...entries.map(([name, value]) => (value.includes('\n') ? 0 : name.length)));
  return entries
    .map(([name, value], at) => {
      const alone =
        value.includes('\n') || [at - 1, at + 1].every((beside) => entries[beside]?.[1].includes('\n') ?? true);
      return `${' '.repeat(indent)}${alone ? name : name.padEnd(width)} = ${value}`;
    })
    .join('\n');
}

function trustOf(name: string, externalId: string | undefined): string {
  const condition = `    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [${quoted(externalId ?? '')}]
    }
`;
  return `data "aws_iam_policy_document" "${name}_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [var.rounds_principal]
    }
${externalId === undefined ? '' : condition}  }
}`;
}

function roleOf(name: string, { path, role }: { path: string; role: string }): string {
  return `resource "aws_iam_role" ${quoted(name)} {
  name               = ${quoted(role)}
  path               = ${quoted(path)}
  assume_role_policy = data.aws_iam_policy_document.${name}_trust.json
}`;
}

function managedPolicy(name: string, policy: string, path: string): string {
  return `resource "aws_iam_policy" ${quoted(name)} {
  name   = ${quoted(policy)}
  path   = ${quoted(path)}
  policy = data.aws_iam_policy_document.${name}.json
}`;
}

function attachment(name: string, role: string): string {
  return `resource "aws_iam_role_policy_attachment" ${quoted(name)} {
  role       = ${role}
  policy_arn = aws_iam_policy.${name}.arn
}`;
}

function listOf(items: readonly string[], indent: number): string {
  if (items.length === 1) return `[${quoted(items[0]!)}]`;
  const pad = ' '.repeat(indent);
  return `[\n${items.map((item) => `${pad}  ${quoted(item)},`).join('\n')}\n${pad}]`;
}

/** A string of HCL: `\${` and `%{` would begin a template. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/([$%])(?=\{)/g, '$1$1');
}
