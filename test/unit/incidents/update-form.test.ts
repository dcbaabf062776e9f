import { describe, expect, it } from 'vitest';
import { readUpdate, updateFields } from '../../../src/incidents/updates/form.ts';

const minute = 60_000;
const last = { status: 'Rolled back', done: 'all', next: 'watch', eta: 'noon' };
const fields = (over: Partial<Parameters<typeof updateFields>[0]> = {}) =>
  updateFields({ last, everyMs: 15 * minute, mitigated: false, ...over }).flatMap((item) =>
    item.kind === 'note' ? [] : [item],
  );

describe('the dialog of an update', () => {
  it('begins with what the last one said, and with the usual time', () => {
    expect(Object.fromEntries(fields().map((field) => [field.name, 'initial' in field ? field.initial : '']))).toEqual({
      ...last,
      mitigated: '',
      due: 'usual',
    });
    expect(JSON.stringify(fields())).toContain('As usual: in 15 min');
  });

  it('does not ask whether the harm is over when it is', () => {
    expect(fields({ mitigated: true }).map(({ name }) => name)).not.toContain('mitigated');
  });
});

describe('what was filled in', () => {
  it.each([
    [{ due: 'usual' }, { due: 'usual', mitigated: false }],
    [{}, { due: 'usual' }],
    [{ due: 'none' }, { due: 'none' }],
    [{ due: String(30 * minute) }, { due: { inMs: 30 * minute } }],
    [{ due: '1' }, { due: 'usual' }],
    [{ mitigated: ['yes'] }, { mitigated: true }],
  ])('%j means %j', (values, parsed) => {
    expect(readUpdate({ status: ' Fine ', ...values })).toMatchObject({ parsed: { status: 'Fine', ...parsed } });
  });

  it('says how things stand', () => {
    expect(readUpdate({ status: '  ' })).toEqual({ errors: { status: expect.any(String) } });
  });
});
