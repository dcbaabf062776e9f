import { z } from 'zod';
import { secretRef } from '../../kernel/secret.ts';
import { factName } from '../facts/name.ts';

export const ownFacts = ['reachable', 'error', 'rows', 'rows_capped', 'connect_ms', 'latency_ms'];

const plainDsn = z
  .string()
  .refine((dsn) => /^postgres(ql)?:\/\//.test(dsn) && URL.canParse(dsn), 'postgres://user@host:5432/database')
  .refine(
    (dsn) => !URL.canParse(dsn) || (new URL(dsn).password === '' && !new URL(dsn).searchParams.has('password')),
    'a DSN without a password, or {secret: NAME}',
  );

export const postgresQueryParams = z.strictObject({
  dsn: z.union([plainDsn, secretRef]),
  /** One statement that reads. */
  sql: z
    .string()
    .transform((sql) => sql.replace(/[\s;]+$/, ''))
    .refine((sql) => sql !== '', 'a select'),
  /** Columns of the first row and what they are; `counter` adds its growth per minute. */
  facts: z
    .record(factName(ownFacts), z.enum(['number', 'string', 'bool', 'counter']))
    .refine((facts) => Object.keys(facts).length > 0, 'at least one column, such as {failed: number}'),
});

export type PostgresQueryTarget = z.output<typeof postgresQueryParams>;
