import { z } from 'zod';
import { factName } from '../facts/name.ts';
import { dsnParam } from '../postgres/dsn.ts';

export const ownFacts = ['reachable', 'error', 'rows', 'rows_capped', 'connect_ms', 'latency_ms'];

export const postgresQueryParams = z.strictObject({
  dsn: dsnParam.describe(
    'where it is, as a secret: `postgres://user:password@host:5432/database`; in plain text without a password',
  ),
  sql: z
    .string()
    .transform((sql) => sql.replace(/[\s;]+$/, ''))
    .refine((sql) => sql !== '', 'a select')
    .describe(
      "one select; it runs read-only, for 5 s at most; its own sessions have application_name = 'rounds', and statistics of sessions need pg_monitor",
    ),
  facts: z
    .record(factName(ownFacts), z.enum(['number', 'string', 'bool', 'counter']))
    .refine((facts) => Object.keys(facts).length > 0, 'at least one column, such as {failed: number}')
    .describe('columns of the first row that rules read; counter adds NAME_per_min'),
});

export type PostgresQueryTarget = z.output<typeof postgresQueryParams>;
