import type { By, Checklist, Result, Run, RunItem, RunState } from './model.ts';

/** A run as the database has it. */
export interface RunRow {
  id: string;
  name: string;
  slot: Date | null;
  plan: Checklist;
  state: RunState;
  begun_at: Date;
  begun_by: string;
  begun_by_mention: string;
  due_at: Date;
  done_at: Date | null;
  ended_at: Date | null;
  ended_by: string | null;
  ended_by_mention: string | null;
  end_reason: string;
  channel: string | null;
  channel_problem: string | null;
  measured_at: Date | null;
  proof_seq: number | null;
  proof_hash: string | null;
  chased: number;
  version: number;
  shown: number;
  channel_id: string | null;
  ts: string | null;
}

export interface ItemRow {
  run_id: string;
  n: number;
  state: RunItem['state'];
  by: string | null;
  by_mention: string | null;
  at: Date | null;
  note: string;
  link: string;
  verdict: Result['verdict'] | null;
  words: string | null;
  measured_at: Date | null;
}

export function runOf(row: RunRow, items: readonly ItemRow[]): Run {
  const { plan } = row;
  return {
    ...{ id: Number(row.id), name: row.name, plan, state: row.state, dueAt: row.due_at, begunAt: row.begun_at },
    ...{ chased: row.chased, version: row.version, shown: row.shown },
    slot: row.slot ?? undefined,
    begunBy: { id: row.begun_by, mention: row.begun_by_mention },
    doneAt: row.done_at ?? undefined,
    ended: row.ended_at
      ? { at: row.ended_at, by: byOf(row.ended_by, row.ended_by_mention)!, reason: row.end_reason }
      : undefined,
    channel: row.channel ?? undefined,
    channelProblem: row.channel_problem ?? undefined,
    measuredAt: row.measured_at ?? undefined,
    proof: row.proof_seq === null ? undefined : { seq: row.proof_seq, hash: row.proof_hash ?? '' },
    message: row.channel_id === null || row.ts === null ? undefined : { channel: row.channel_id, ts: row.ts },
    items: items.flatMap((each): RunItem[] => {
      const item = plan.items[each.n - 1];
      return item ? [{ ...itemOf(each), item }] : [];
    }),
  };
}

function itemOf({ n, state, by, by_mention, at, note, link, verdict, words, measured_at }: ItemRow) {
  return {
    ...{ n, state, note, link, by: byOf(by, by_mention), at: at ?? undefined },
    result: verdict && measured_at ? { verdict, words: words ?? '', at: measured_at } : undefined,
  };
}

function byOf(id: string | null, mention: string | null): By | undefined {
  return id === null ? undefined : { id, mention: mention ?? id };
}
