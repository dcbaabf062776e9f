import { lastSentHead } from '../../audit/sent.ts';
import { verifyTail } from '../../audit/tail.ts';
import { countActs } from '../acts.ts';
import type { SectionContext } from '../section.ts';
import { dayWords } from '../views/words.ts';
import type { Point } from './compliance.ts';
import { figure } from './facts.ts';

/** So much of the chain is followed for a report: at 15 µs a row, under a second. */
const mostRows = 20_000;
/** A head is sent every day; so long ago, one was missed. */
const headMs = 26 * 3_600_000;

/** Whether Rounds' own audit is as it was recorded, and what it recorded since the report before. */
export async function ownAuditPoints(ctx: SectionContext): Promise<Point[]> {
  const { sources, from, now, zone, signal } = ctx;
  const { rows, of, fault } = await verifyTail(sources.store, { most: mostRows, signal });
  signal.throwIfAborted();
  const [acts, head] = await Promise.all([
    countActs(sources.store.db(), { from, to: now }),
    lastSentHead(sources.store),
  ]);
  const looked = rows < of ? `the last ${figure(rows)} of ${figure(of)} rows are` : `all ${figure(of)} rows are`;
  const chain: Point = fault
    ? {
        what: 'Audit of Rounds',
        state: 'no',
        words: `changed at row ${fault.seq}`,
        next: '`/ops audit verify` says how',
      }
    : {
        what: 'Audit of Rounds',
        state: 'yes',
        words: `${looked} as recorded, new since the report before ${figure(acts.done)}`,
      };
  const denied: Point = { what: 'Denied by Rounds', state: 'yes', words: `attempts ${figure(acts.denied)}` };
  if (head === undefined) return [chain, denied];
  const late = now.getTime() - head.at.getTime() > headMs;
  const sent: Point = {
    ...{ what: 'Signed head of the audit', state: late ? 'no' : 'yes' },
    words: `row ${figure(head.seq)}, sent ${dayWords(head.at, zone)}`,
    next: 'set AUDIT_SIGNING_KEY; `rounds doctor` says more',
  };
  return [chain, sent, denied];
}
