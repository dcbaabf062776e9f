import type { Facts } from '../../kernel/check.ts';
import { few } from '../facts/few.ts';
import type { Matches } from './read.ts';

/** One group as it was read; `unread` = why it could not be. */
export interface GroupResult {
  group: string;
  matches?: Matches;
  /** Whether it has events at all; undefined = not asked, or it can't be told. */
  heard?: boolean | undefined;
  unread?: string;
}

/** Counts of all groups together: exact only when every group was read to its end. */
export function logFacts(
  results: GroupResult[],
  { quiet, windowMs, nowMs }: { quiet: 'unknown' | 'warn' | 'ok'; windowMs: number; nowMs: number },
): Facts {
  const read = results.flatMap(({ group, matches }) => (matches ? [{ group, ...matches }] : []));
  const complete = read.length === results.length && read.every((each) => each.complete);
  const found = read.reduce((sum, each) => sum + each.found, 0);
  const newestMs = Math.max(...read.map((each) => each.newestMs ?? 0));
  const silent = results.filter(({ heard }) => heard === false).map(({ group }) => group);
  const untold = results.some(({ matches, heard }) => matches?.found === 0 && heard === undefined);
  return {
    count: complete ? found : null,
    at_least: found,
    complete,
    per_hour: complete ? Math.round((found / (windowMs / 3_600_000)) * 10) / 10 : null,
    by_group: few(read.filter((each) => each.found > 0).map(shown)),
    newest_age_s: complete && newestMs > 0 ? Math.round((nowMs - newestMs) / 1000) : null,
    silent: few(silent),
    logging: silent.length > 0 ? (quiet === 'unknown' ? null : false) : untold ? null : true,
    unread: results.flatMap(({ unread }) => unread ?? []),
  };
}

function shown({ group, found, complete }: Matches & { group: string }): string {
  return `${group} ${complete ? found : `at least ${found}`}`;
}
