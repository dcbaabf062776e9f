import type { FactSpecs, Facts, Rules } from '../../kernel/check.ts';

/** What is known of a server before its facts are asked for: the statements follow from it. */
export interface ServerKind {
  /** Major version: 15. */
  major: number;
  /** It is in recovery. */
  standby: boolean;
  /** Quoted schema of pg_stat_statements; undefined = not installed in this database. */
  statements: string | undefined;
}

/** Some facts that are read together. */
export interface Part {
  specs: FactSpecs;
  rules?: Partial<Rules>;
  /** A select of one row whose columns are the facts. Seconds and bytes are numbers, lists are text arrays. */
  sql(server: ServerKind): string;
}

const mostListed = 20;

/** SQL for the first texts of a group and how many more there are; `where` filters the rows. */
export function listed(text: string, { order, where = 'true' }: { order: string; where?: string }): string {
  const some = `(array_agg(${text} order by ${order}) filter (where ${where}))[:${mostListed}]`;
  const number = `count(*) filter (where ${where})`;
  return `coalesce(${some}, '{}'::text[]) || case when ${number} > ${mostListed}
    then array['and ' || (${number} - ${mostListed}) || ' more'] else '{}'::text[] end`;
}

/** SQL for the text of the row that comes first in `order`; null when no row is left. */
export function first(text: string, { order, where = 'true' }: { order: string; where?: string }): string {
  return `(array_agg(${text} order by ${order}) filter (where ${where}))[1]`;
}

/** SQL for the seconds since a moment. */
export function secondsSince(moment: string): string {
  return `round(extract(epoch from clock_timestamp() - ${moment})::numeric, 1)`;
}

/** Why a part was not read, for the facts that it would have had. */
export function whyUnread(part: string): (facts: Facts) => string | undefined {
  return ({ unread }) =>
    Array.isArray(unread)
      ? unread.filter((text) => typeof text === 'string').find((text) => text.startsWith(part))
      : undefined;
}
