import { z } from 'zod';
import { dsnParam } from './dsn.ts';
import { optionalParts } from './parts.ts';

export const postgresParams = z.strictObject({
  dsn: dsnParam.describe(
    'where it is, as a secret: `postgres://user:password@host:5432/database`; the user needs `grant pg_monitor to …`',
  ),
  databases: z
    .union([z.literal('all'), z.array(z.string().min(1)).min(1).max(50)])
    .optional()
    .describe(
      'names, or all: where sequences, indexes, tables and size are read too, one connection after the other; default: the database of the DSN. Sessions, ages, slots and deadlocks are those of the whole server in any case',
    ),
  replicas: z.int().min(1).max(100).optional().describe('standbys that must be streaming from it; fewer is a fail'),
  skip: z
    .array(z.enum(optionalParts))
    .default([])
    .describe('what is neither read nor judged, where it can’t be: replication, archive, sequences, statements'),
});

export type PostgresTarget = z.output<typeof postgresParams>;
