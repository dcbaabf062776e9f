import { z } from 'zod';
import { Secret, secretRef } from '../../kernel/secret.ts';

const plainDsn = z
  .string()
  .refine((dsn) => /^postgres(ql)?:\/\//.test(dsn) && URL.canParse(dsn), 'postgres://user@host:5432/database')
  .refine(
    (dsn) => !URL.canParse(dsn) || (new URL(dsn).password === '' && !new URL(dsn).searchParams.has('password')),
    'a DSN without a password, or {secret: NAME}',
  );

/** Where a server is, for the parameters of a check. */
export const dsnParam = z.union([plainDsn, secretRef]);

/** `db.internal:5432/shop`, or the name of the secret: for messages and lanes. */
export function dsnInWords(dsn: string | Secret, defaultPort = 5432): string {
  if (dsn instanceof Secret) return dsn.name;
  const { hostname, port, pathname } = new URL(dsn);
  return `${hostname}:${port || defaultPort}${pathname}`;
}
