import { setTimeout as wait } from 'node:timers/promises';
import type { IAM } from '@aws-sdk/client-iam';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws } from '../aws/client.ts';

const tickMs = 500;
const columns = [
  ...['user', 'password_enabled', 'mfa_active'],
  ...['access_key_1_active', 'access_key_1_last_rotated', 'access_key_2_active', 'access_key_2_last_rotated'],
] as const;
type Column = (typeof columns)[number];

/** One user, or `<root_account>`, as the report writes it: `true`, `false`, `N/A`, a time. */
export type Row = Record<Column, string>;

/**
 * The credential report, at most 4 h old: AWS makes a new one when the last is older, within seconds. Throws Unmeasured, also
 * when it isn't made before the signal.
 */
export async function credentialReport(
  iam: AwsConnection<IAM>,
  signal: AbortSignal,
): Promise<{ rows: Row[]; madeAt: Date }> {
  const question = { action: 'iam:GenerateCredentialReport', resource: 'the account' };
  const made = () => askAws(iam, question, signal, (client, options) => client.generateCredentialReport({}, options));
  for (;;) {
    const { State } = await made();
    if (State === 'COMPLETE') break;
    if (State !== 'STARTED' && State !== 'INPROGRESS') throw invalid('is in a state that AWS does not document');
    await wait(tickMs, undefined, { signal }).catch((cause: unknown) => {
      throw new Unmeasured('timeout', 'the credential report was not made in time', { next: 'raise timeout', cause });
    });
  }
  const { Content, GeneratedTime } = await askAws(
    iam,
    { ...question, action: 'iam:GetCredentialReport' },
    signal,
    (client, options) => client.getCredentialReport({}, options),
  );
  if (!Content || !GeneratedTime) throw invalid('is empty');
  return { rows: rowsOf(new TextDecoder().decode(Content)), madeAt: GeneratedTime };
}

function rowsOf(csv: string): Row[] {
  const [header = '', ...lines] = csv.trimEnd().split(/\r?\n/);
  const names = header.split(',');
  const missing = columns.find((column) => !names.includes(column));
  if (missing) throw invalid(`has no column ${missing}`);
  const rows = lines.map((line, index) => {
    const fields = line.split(',');
    // A user's name may have a comma, which would shift the columns: such a row says nothing for sure.
    if (fields.length !== names.length) throw invalid(`has ${fields.length} fields in row ${index + 2}`);
    return Object.fromEntries(columns.map((column) => [column, fields[names.indexOf(column)]])) as Row;
  });
  if (!rows.some(({ user }) => user === '<root_account>')) throw invalid('has no row of the root user');
  return rows;
}

export function invalid(what: string): Unmeasured {
  return new Unmeasured('invalid_answer', `the credential report ${what}`, { next: 'download it in the IAM console' });
}
