import type { FactSpec } from '../../../kernel/check.ts';
import { listed, type Part } from '../part.ts';

const ofExtension = (spec: FactSpec): FactSpec => ({
  ...spec,
  whyAbsent: ({ statements_read }) =>
    statements_read === false ? 'pg_stat_statements is not installed in this database, or not preloaded' : undefined,
});

/** Slow statements by their ids: their texts may hold what nobody should read. H20, for information. */
export const statements: Part = {
  specs: {
    mean_query_ms: ofExtension({
      type: 'number',
      unit: 'ms',
      help: 'mean time of all statements of this database since pg_stat_statements was reset',
    }),
    slow_statements: ofExtension({ type: 'number', help: 'statements with a mean over 1,000 ms' }),
    slowest_statements: ofExtension({
      type: 'list',
      help: 'statements with a mean over 100 ms: `4711: 250 ms, 12 calls`; the number is their queryid',
    }),
  },
  sql: ({ statements: schema = 'public' }) => `
select round((sum(total_exec_time) / nullif(sum(calls), 0))::numeric, 2) as mean_query_ms,
  count(*) filter (where mean_exec_time > 1000) as slow_statements,
  ${listed(`queryid || ': ' || round(mean_exec_time::numeric) || ' ms, ' || calls || ' calls'`, { order: 'mean_exec_time desc', where: 'mean_exec_time > 100' })} as slowest_statements
from ${schema}.pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())`,
};
