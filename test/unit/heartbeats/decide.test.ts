import { describe, expect, it } from 'vitest';
import { type Change, decide } from '../../../src/heartbeats/decide.ts';
import type { Report, Run } from '../../../src/heartbeats/model.ts';

const at = (time: string) => new Date(`2026-11-23T${time}Z`);
let ids = 0;
function run(over: Partial<Run>): Run {
  ids += 1;
  const begun = { run: '', startedAt: undefined, endedAt: undefined, outcome: 'running' as const };
  return { id: ids, ...begun, exitCode: undefined, message: '', ...over };
}
const report = (what: Report['what'], name = ''): Report => ({ what, run: name, exitCode: undefined, message: '' });
const known: Change = { kind: 'known' };

describe('a start', () => {
  it('begins a run, also while another one is on its way', () => {
    expect(decide([], report('start'), at('02:00:00'))).toEqual({ kind: 'begin' });
    const yesterday = run({ startedAt: at('01:00:00') });
    expect(decide([yesterday], report('start'), at('02:00:00'))).toEqual({ kind: 'begin' });
  });

  it('that comes again at once is the same', () => {
    const running = run({ startedAt: at('02:00:00') });
    expect(decide([running], report('start'), at('02:00:25'))).toEqual(known);
    const named = run({ run: 'a', startedAt: at('02:00:00') });
    expect(decide([named], report('start', 'a'), at('02:10:00'))).toEqual(known);
    expect(decide([named], report('start', 'b'), at('02:00:01'))).toEqual({ kind: 'begin' });
  });

  it('of the next run of a quick job is a new one', () => {
    const over = run({ startedAt: at('02:00:00'), endedAt: at('02:00:01'), outcome: 'ok' });
    expect(decide([over], report('start'), at('02:00:10'))).toEqual({ kind: 'begin' });
  });

  it('that is older than an end opens nothing: it says when that run began', () => {
    const over = run({ endedAt: at('02:00:09'), outcome: 'ok' });
    expect(decide([over], report('start'), at('02:00:00'))).toEqual({ kind: 'date', id: over.id });
    const dated = { ...over, startedAt: at('02:00:00') };
    expect(decide([dated], report('start'), at('02:00:01'))).toEqual(known);
  });

  it('that arrives behind the end of its named run changes nothing', () => {
    const over = run({ run: 'a', endedAt: at('02:00:09'), outcome: 'ok' });
    expect(decide([over], report('start', 'a'), at('02:00:30'))).toEqual(known);
  });
});

describe('an end', () => {
  it('ends the run on its way, and gives up those that began before', () => {
    const dead = run({ startedAt: at('01:00:00') });
    const now = run({ startedAt: at('02:00:00') });
    const end = decide([now, dead], report('ok'), at('02:10:00'));
    expect(end).toEqual({ kind: 'end', id: now.id, lost: [dead.id] });
  });

  it('of a named run leaves one that began later on its way', () => {
    const first = run({ run: 'a', startedAt: at('02:00:00') });
    const second = run({ run: 'b', startedAt: at('02:05:00') });
    const end = decide([second, first], report('ok', 'a'), at('02:10:00'));
    expect(end).toEqual({ kind: 'end', id: first.id, lost: [] });
  });

  it('that comes again at once is the same; later it is another run', () => {
    const over = run({ endedAt: at('02:00:00'), outcome: 'ok' });
    expect(decide([over], report('ok'), at('02:00:20'))).toEqual(known);
    expect(decide([over], report('ok'), at('02:01:00'))).toEqual({ kind: 'end', id: undefined, lost: [] });
    expect(decide([over], report('fail'), at('02:00:20'))).toEqual({ kind: 'end', id: undefined, lost: [] });
  });

  it('of a named run, twice: the worse one stands, in either order', () => {
    const good = run({ run: 'a', endedAt: at('02:00:00'), outcome: 'ok' });
    const bad = run({ run: 'a', endedAt: at('02:00:00'), outcome: 'fail' });
    expect(decide([good], report('ok', 'a'), at('03:00:00'))).toEqual(known);
    expect(decide([good], report('fail', 'a'), at('02:00:05'))).toEqual({ kind: 'end', id: good.id, lost: [] });
    expect(decide([bad], report('ok', 'a'), at('02:00:05'))).toEqual(known);
  });
});
