import { first, type Part } from '../part.ts';

/** Each one read is a lock until the transaction ends: more would crowd the lock table. */
const mostRead = 2000;

/** How near sequences are to their end, or to that of the column that they fill. */
export const sequences: Part = {
  specs: {
    sequences: { type: 'number', help: 'sequences, without those that cycle' },
    sequences_hidden: { type: 'number', help: `of these not read: no right to, or past the first ${mostRead}` },
    sequence_used_pct: {
      type: 'number',
      unit: '%',
      help: 'the fullest; null while some are hidden and none of the others is at 85 %',
      whyAbsent: ({ sequences_hidden: hidden }) =>
        Number(hidden) > 0
          ? `${hidden} sequences can’t be read: grant select on all sequences in their schemas, or skip: [sequences]`
          : undefined,
    },
    sequence: { type: 'string', help: 'which one' },
  },
  rules: {
    fail: [
      {
        when: 'sequence_used_pct >= 95',
        say: 'sequence {sequence} is used up to {sequence_used_pct} (limit 95 %): make it and its column bigint',
      },
    ],
    warn: [
      {
        when: 'sequence_used_pct >= 85',
        say: 'sequence {sequence} is used up to {sequence_used_pct} (limit 85 %): make it and its column bigint',
      },
    ],
  },
  // Its last value can't be read during recovery when it isn't logged; cycling ones never end.
  sql: ({ standby }) => `
with counted as (
  select s.seqrelid, s.seqmin, s.seqmax, s.seqstart, s.seqincrement, n.nspname || '.' || c.relname as name,
    case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 else s.seqmax end as column_max,
    has_sequence_privilege(c.oid, 'select, usage') and row_number() over (order by c.oid) <= ${mostRead} as seen
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where not s.seqcycle and c.relpersistence ${standby ? `= 'p'` : `<> 't'`}
), valued as (
  select *, case when seen then pg_sequence_last_value(seqrelid) end as last from counted
), used as (
  select name, seen, coalesce(round(100.0 * case
    when seqincrement > 0 then (last - seqmin)::numeric / nullif(least(seqmax, column_max)::numeric - seqmin, 0)
    else (seqmax - last)::numeric / nullif(seqmax::numeric - seqmin, 0) end, 1), 0) as pct
  from valued
), told as (
  select count(*) as sequences, count(*) filter (where not seen) as hidden,
    coalesce(max(pct), 0) as pct, coalesce(${first('name', { order: 'pct desc', where: 'pct > 0' })}, '') as name from used
)
select sequences, hidden as sequences_hidden, case when hidden = 0 or pct >= 85 then pct end as sequence_used_pct, name as sequence
from told`,
};
