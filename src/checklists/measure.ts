import type { CheckReport } from '../health/model.ts';
import type { JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import { newRequest } from '../kernel/request.ts';
import { checksFor, resultOf } from './automatic.ts';
import { changeRun, type Decided } from './change.ts';
import { hasEvidence } from './decide.ts';
import { isOver, type Result, type Run, type RunItem, rounds } from './model.ts';
import type { ChecklistPorts } from './ports.ts';
import { compiledWhen } from './read.ts';
import * as rows from './rows.ts';

/** So many items stand in one row of the audit: it has an end. */
const itemsInRow = 40;

export function measureHandler(ports: ChecklistPorts): JobHandler<{ id: number; since: string }> {
  return async ({ id, since }, { signal }) => {
    const run = await rows.findRun(ports.store.db(), id);
    if (!run || isOver(run) || (run.measuredAt && run.measuredAt >= new Date(since))) return;
    await measureRun(run, ports, signal);
  };
}

/**
 * Measures the automatic items of a run: those that pass tick themselves, with the value; the others wait for a person. What a
 * person ticked or left out stays. Throws PortError when `signal` is aborted before all is measured.
 */
export async function measureRun(run: Run, ports: ChecklistPorts, signal: AbortSignal): Promise<Run> {
  const { clock, checks } = ports;
  const wanted = run.items.flatMap((one) => {
    const ids = checksFor(one.item, checks);
    // One that was measured before and has no check any more is not passed for that.
    return ids.length > 0 || one.result ? [{ one, ids }] : [];
  });
  const at = clock.now();
  const ids = [...new Set(wanted.flatMap((each) => each.ids))];
  const reports = ids.length > 0 ? await ports.measure(ids, signal) : [];
  if (signal.aborted) throw new PortError('stopped', 'it was not measured to the end', { retryable: true });
  const results = new Map(wanted.map(({ one, ids: own }) => [one.n, judged(one, own, reports, at, ports)]));
  const measured = await changeRun({ by: rounds, request: newRequest() }, run.id, ports, async (tx, before) => {
    if (isOver(before)) return { kind: 'measured', audit: [] };
    await rows.setMeasured(tx, before.id, at);
    const said: Said[] = [];
    for (const one of before.items) {
      const result = results.get(one.n);
      if (result) said.push(...(await take(tx, before.id, one, result)));
    }
    return { kind: 'measured', audit: rowsOf(said) } satisfies Decided<'measured'>;
  });
  return measured.run;
}

function judged(
  one: RunItem,
  ids: readonly string[],
  reports: readonly CheckReport[],
  at: Date,
  ports: ChecklistPorts,
): Result {
  const auto = one.item.auto!;
  const compiled = auto.when === undefined ? undefined : compiledWhen({ of: auto.of, when: auto.when }, ports);
  const when = compiled?.ok ? compiled.condition : undefined;
  return resultOf(
    auto,
    reports.filter((report) => ids.includes(report.id)),
    { ids, when, at },
  );
}

interface Said {
  item: string;
  verdict: Result['verdict'];
  words: string;
  /** What became of the item. */
  became: 'ticked' | 'opened' | 'same';
}

/**
 * Writes down what was measured, unless something newer is there. Rounds opens again what it ticked itself once that fails; it
 * doesn't tick what a person opened, or what lacks its evidence.
 */
async function take(tx: Parameters<typeof rows.setItem>[0], id: number, one: RunItem, result: Result): Promise<Said[]> {
  if (one.result && one.result.at > result.at) return [];
  await rows.setResult(tx, id, one.n, result);
  const passes = result.verdict === 'pass';
  const ticks = passes && one.state === 'open' && !one.by && hasEvidence(one);
  const opens = !passes && one.state === 'done' && one.by?.id === rounds.id;
  if (ticks)
    await rows.setItem(tx, { id, n: one.n, expected: 'open' }, { ...one, state: 'done', by: rounds, at: result.at });
  else if (opens)
    await rows.setItem(tx, { id, n: one.n, expected: 'done' }, { ...one, state: 'open', by: undefined, at: undefined });
  const { verdict, words } = result;
  const became = ticks ? 'ticked' : opens ? 'opened' : 'same';
  return [{ item: one.item.id, verdict, words: words.slice(0, 200), became }];
}

function rowsOf(said: readonly Said[]): Decided<'measured'>['audit'] {
  const audit: Decided<'measured'>['audit'] = [];
  for (let from = 0; from < said.length; from += itemsInRow) {
    const items = said.slice(from, from + itemsInRow);
    const named = (became: Said['became']) => items.filter((each) => each.became === became).map(({ item }) => item);
    const opened = named('opened');
    audit.push({
      action: 'checklist.measure',
      after: {
        ticked: named('ticked'),
        ...(opened.length > 0 && { opened }),
        results: Object.fromEntries(items.map(({ item, verdict, words }) => [item, `${verdict}: ${words}`])),
      },
    });
  }
  return audit;
}
