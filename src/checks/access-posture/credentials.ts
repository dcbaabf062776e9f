import { few } from '../facts/few.ts';
import { type credentialReport, invalid, type Row } from './report.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const keys = [1, 2] as const;

/** What nobody knows where the report was not read. */
export const noCredentials = {
  ...{ users: null, users_without_mfa: null, users_without_mfa_list: null, old_keys: null, old_keys_list: null },
  ...{ root_password: null, root_mfa: null, root_keys: null, report_age_h: null },
};

export function credentialFacts(
  { rows, madeAt }: Awaited<ReturnType<typeof credentialReport>>,
  { now, keyAgeMs }: { now: Date; keyAgeMs: number },
): Record<keyof typeof noCredentials, unknown> {
  const root = rows.filter(({ user }) => user === '<root_account>');
  const users = rows.filter(({ user }) => user !== '<root_account>');
  const withoutMfa = users.filter((row) => row.password_enabled === 'true' && row.mfa_active !== 'true');
  const old = users
    .flatMap((row) => keysOf(row, now))
    .filter(({ ageMs }) => ageMs > keyAgeMs)
    .sort((a, b) => b.ageMs - a.ageMs);
  return {
    users: users.length,
    users_without_mfa: withoutMfa.length,
    users_without_mfa_list: few(withoutMfa.map(({ user }) => user)),
    old_keys: old.length,
    old_keys_list: few(old.map(({ user, key, ageMs }) => `${user} key ${key}, ${Math.floor(ageMs / dayMs)} d old`)),
    // `not_supported` is what most reports write for root, which has one unless it was removed.
    root_password: root.some((row) => row.password_enabled !== 'false'),
    root_mfa: root.every((row) => row.mfa_active === 'true'),
    root_keys: root.reduce(
      (sum, row) => sum + keys.filter((key) => row[`access_key_${key}_active`] === 'true').length,
      0,
    ),
    report_age_h: Math.round((now.getTime() - madeAt.getTime()) / hourMs),
  };
}

/** The active access keys of a user. */
function keysOf(row: Row, now: Date): { user: string; key: number; ageMs: number }[] {
  return keys
    .filter((key) => row[`access_key_${key}_active`] === 'true')
    .map((key) => {
      const ageMs = now.getTime() - new Date(row[`access_key_${key}_last_rotated`]).getTime();
      if (Number.isNaN(ageMs)) throw invalid(`does not tell the age of an active key of ${row.user}`);
      return { user: row.user, key, ageMs };
    });
}
