import { z } from 'zod';
import { dsnParam } from '../postgres/dsn.ts';

export const pgbouncerParams = z.strictObject({
  dsn: dsnParam.describe(
    'its admin console, as a secret: `postgres://user:password@host:6432/pgbouncer`; the user stands in `stats_users` or `admin_users`',
  ),
  databases: z
    .array(z.string().min(1))
    .min(1)
    .max(50)
    .optional()
    .describe(
      'databases that it must have, and the only ones judged; one that it does not show, as it makes it on demand, is tried with a connection; default: all that it has',
    ),
});

export type PgbouncerTarget = z.output<typeof pgbouncerParams>;
