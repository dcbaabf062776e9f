import type { CheckReport } from './model.ts';

/** A check that is not part of an answer and blocks checks that are. */
export interface Cause {
  report: CheckReport;
  /** How many checks of the answer it blocks. */
  blocks: number;
}

/** What blocks checks of an answer from outside of it, in the order of `all`. Both lists are as people see them. */
export function causesBeyond(shown: readonly CheckReport[], all: readonly CheckReport[]): Cause[] {
  const within = new Set(shown.map((check) => check.id));
  const blocks = new Map<string, number>();
  for (const { outcome, blocked_by: by } of shown) {
    if (outcome === 'blocked' && by !== undefined && !within.has(by)) blocks.set(by, (blocks.get(by) ?? 0) + 1);
  }
  return all.flatMap((report) => {
    const count = blocks.get(report.id);
    return count === undefined ? [] : [{ report, blocks: count }];
  });
}

/** "db (group data) is fail and blocks 2 checks here: connection refused". */
export function sayCause({ report, blocks }: Cause): string {
  const many = blocks === 1 ? '1 check' : `${blocks} checks`;
  return `${report.id} (group ${report.group}) is ${report.outcome} and blocks ${many} here: ${report.reason}`;
}
