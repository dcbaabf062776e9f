import { type AuditRow, searchAudit } from '../audit/search.ts';
import { redact } from '../kernel/redact.ts';
import type { Store } from '../store/store.ts';
import { type By, endings, isOver, type Run, type RunItem, targetOf } from './model.ts';
import { planDigest } from './plan-digest.ts';

const auditAtOnce = 500;

/** A row of the audit about a run: by its number and hash anybody can look it up, and `rounds audit verify` vouches for the chain. */
export interface Proof {
  seq: number;
  at: string;
  hash: string;
  actor: string;
  action: string;
  /** Ids of the items that it tells of. */
  items: string[];
}

/** The shape of an exported checklist: stable, fields are only added. Times are ISO 8601 in UTC. */
export interface ChecklistJson {
  format: 'rounds-checklist';
  version: 1;
  checklist: string;
  exportedAt: string;
  /** The signed head of the chain at that time; null without a signing key. */
  head: string | null;
  /** There are older runs, which are not in it. */
  more: boolean;
  runs: RunJson[];
}

export interface RunJson {
  run: number;
  title: string;
  slot: string | null;
  state: string;
  begunAt: string;
  begunBy: string;
  dueAt: string;
  doneAt: string | null;
  endedAt: string | null;
  endedBy: string | null;
  reason: string;
  /** SHA-256 of the ids and titles of its items as it began with them: that of its `checklist.begin` in the audit is the same. */
  planSha256: string;
  /** The row of the audit that says how it ended; null until then. */
  proof: { seq: number; hash: string } | null;
  items: ItemJson[];
  audit: Proof[];
}

export interface ItemJson {
  n: number;
  id: string;
  title: string;
  state: string;
  by: string | null;
  at: string | null;
  note: string;
  link: string;
  result: { verdict: string; words: string; at: string } | null;
  /** The row of the audit that tells of its last change; null also when the text of that row was erased. */
  audit: { seq: number; hash: string } | null;
}

/** Newest first. Reads what the audit has of these runs. */
export async function exportOf(
  name: string,
  runs: readonly Run[],
  { store, now, head, more }: { store: Pick<Store, 'db'>; now: Date; head: string | undefined; more: boolean },
): Promise<ChecklistJson> {
  const proofs = await proofsOf(runs, store);
  return {
    ...{ format: 'rounds-checklist', version: 1, checklist: name, exportedAt: now.toISOString(), head: head ?? null },
    more,
    runs: runs.map((run) => runJson(run, proofs.get(targetOf(run)) ?? [])),
  };
}

/** By what they are about, oldest first. */
async function proofsOf(runs: readonly Run[], store: Pick<Store, 'db'>): Promise<Map<string, Proof[]>> {
  const proofs = new Map<string, Proof[]>(runs.map((run) => [targetOf(run), []]));
  const [newest] = runs;
  if (!newest) return proofs;
  const target = runs.length === 1 ? targetOf(newest) : `checklist/${newest.name}/`;
  const since = new Date(Math.min(...runs.map(({ begunAt }) => begunAt.getTime())));
  for (let below: number | undefined; ; ) {
    const search = { target, since, limit: auditAtOnce, ...(below !== undefined && { below }) };
    const found = await searchAudit(store, search);
    for (const row of found.rows) {
      below = row.seq;
      proofs.get(row.recorded?.target ?? '')?.unshift(proofOf(row));
    }
    if (!found.more) return proofs;
  }
}

function proofOf({ seq, at, hash, recorded }: AuditRow): Proof {
  return {
    seq,
    at: at.toISOString(),
    hash,
    actor: recorded?.actor ?? '',
    action: recorded?.action ?? '',
    items: itemsIn(recorded?.after),
  };
}

function itemsIn(after: unknown): string[] {
  if (typeof after !== 'object' || after === null) return [];
  if ('item' in after) return [String(after.item)];
  return 'results' in after && typeof after.results === 'object' ? Object.keys(after.results ?? {}) : [];
}

function runJson(run: Run, audit: Proof[]): RunJson {
  const { id, plan, slot, state, begunAt, begunBy, dueAt, doneAt, ended, items } = run;
  return {
    ...{
      run: id,
      title: redact(plan.title),
      slot: iso(slot),
      state,
      begunAt: begunAt.toISOString(),
      begunBy: begunBy.id,
    },
    ...{ dueAt: dueAt.toISOString(), doneAt: iso(doneAt), endedAt: iso(ended?.at), endedBy: idOf(ended?.by) },
    reason: ended?.reason ?? '',
    planSha256: planDigest(plan),
    proof: run.proof ?? endOf(run, audit),
    items: items.map((one) => itemJson(one, audit)),
    audit,
  };
}

function itemJson({ n, item, state, by, at, note, link, result }: RunItem, audit: readonly Proof[]): ItemJson {
  const last = audit.findLast(({ items }) => items.includes(item.id));
  // An older one tells of another change: that of this one was erased.
  const proof = last && (!at || new Date(last.at) >= at) ? { seq: last.seq, hash: last.hash } : null;
  return {
    ...{ n, id: item.id, title: redact(item.title), state, by: idOf(by), at: iso(at), note, link },
    result: result ? { verdict: result.verdict, words: result.words, at: result.at.toISOString() } : null,
    audit: proof,
  };
}

function endOf(run: Run, audit: readonly Proof[]): RunJson['proof'] {
  const end = isOver(run) ? audit.findLast(({ action }) => endings.has(action)) : undefined;
  return end ? { seq: end.seq, hash: end.hash } : null;
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}

function idOf(by: By | undefined): string | null {
  return by?.id ?? null;
}
