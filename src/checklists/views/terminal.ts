import { formatDuration } from '../../kernel/duration.ts';
import { effortLeft } from '../minutes.ts';
import { isLeft, isOver, progressWords, type Run, type RunItem, rounds } from '../model.ts';
import { markOf, resultWords } from './words.ts';

const marks: Record<RunItem['state'], string> = { open: '[ ]', done: '[x]', left_out: '[-]' };

/** A run in a terminal, an item a line, with the numbers that people type. */
export function runText(run: Run, zone: string): string {
  const { plan, items, ended } = run;
  const time = (at: Date) => at.toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
  const effort = effortLeft(plan, items, isLeft);
  const left =
    effort && !isOver(run)
      ? `${formatDuration(effort.leftMs)} of ${formatDuration(effort.wholeMs)} left for people`
      : undefined;
  const state = ended
    ? `${run.state === 'closed' ? `closed by ${ended.by.mention}: ${ended.reason}` : `done${plan.attest ? `, attested by ${ended.by.mention}` : ''}`} ${time(ended.at)}`
    : run.state === 'done'
      ? `done, to be attested: rounds checklist attest ${run.name}`
      : `due ${time(run.dueAt)}`;
  const head = [`${plan.title} (run ${run.id})`, progressWords(items), state, left].filter(Boolean).join(' · ');
  const width = String(items.length).length;
  let heading: string | undefined;
  const lines = items.flatMap((one) => {
    const above = one.item.section !== undefined && one.item.section !== heading ? [one.item.section] : [];
    heading = one.item.section;
    return [...above, `${marks[one.state]} ${String(one.n).padStart(width)} ${one.item.title}${factsOf(one, time)}`];
  });
  return [head, ...lines].join('\n');
}

function factsOf(one: RunItem, time: (at: Date) => string): string {
  const { state, by, at, note, link } = one;
  const facts = [
    resultWords(one),
    ...(state !== 'open' && by && by.id !== rounds.id ? [`${by.mention}${at ? ` ${time(at)}` : ''}`] : []),
    ...(state === 'open' && by ? [`opened again by ${by.mention}`] : []),
    ...(state !== 'left_out' ? [note] : []),
    link,
    ...(state === 'open' && one.item.evidence !== 'none' ? [`needs a ${one.item.evidence}`] : []),
  ].filter((each) => each !== '');
  const mark = state === 'open' && one.result ? `${markOf(one)} ` : '';
  return facts.length === 0 ? '' : `  ${mark}(${facts.join('; ')})`;
}
