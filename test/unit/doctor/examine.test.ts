import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDoctor, examine } from '../../../src/doctor/examine.ts';
import {
  exitCodeOf,
  type Found,
  ok,
  type Part,
  problem,
  states,
  unknown,
  verdictOf,
  warn,
} from '../../../src/doctor/model.ts';
import { OpsError, PortError } from '../../../src/kernel/errors.ts';

const { signal } = new AbortController();

function part(name: string, ...found: Found[]): Part {
  return { name, look: async () => found };
}

function failing(name: string, error: unknown): Part {
  return {
    name,
    look: async () => {
      throw error;
    },
  };
}

describe('an examination', () => {
  it('shows the worst first, and parts of one state in their own order', async () => {
    const parts = [
      part('a', ok('fine'), warn('hm')),
      part('b', problem('bad', 'mend it'), ok('fine')),
      part('c', unknown('who knows'), problem('bad too')),
    ];
    const findings = await examine(parts, { signal });
    expect(findings.map(({ part, state }) => `${part} ${state}`)).toEqual([
      'b problem',
      'c problem',
      'c unknown',
      'a warn',
      'a ok',
      'b ok',
    ]);
    expect(findings[0]).toEqual({ part: 'b', state: 'problem', message: 'bad', fix: 'mend it' });
  });

  it('loses nothing and sorts stably, whatever is found', async () => {
    const state = fc.constantFrom(...states);
    const found = fc.array(
      fc.array(
        state.map((of): Found => ({ state: of, message: of })),
        { minLength: 1 },
      ),
    );
    await fc.assert(
      fc.asyncProperty(found, async (lists) => {
        const parts = lists.map((list, index) => part(`part ${index}`, ...list));
        const findings = await examine(parts, { signal });
        const given = lists.flatMap((list, index) => list.map((each) => ({ part: `part ${index}`, ...each })));
        expect(findings).toEqual(states.flatMap((of) => given.filter((each) => each.state === of)));
      }),
    );
  });

  it('calls a part unknown that fails, in the words of what failed', async () => {
    const parts = [
      failing('a', new OpsError('unavailable', 'Slack is away', { hint: 'look outside' })),
      failing('b', new Error('broken')),
      failing('c', new AggregateError([new Error('first of many')])),
      failing('d', 'a text'),
      failing('e', new PortError('missing_scope', 'Slack refuses users.list', { retryable: false })),
      {
        name: 'f',
        look: () => {
          throw new Error('at once');
        },
      },
    ];
    expect(await examine(parts, { signal })).toEqual([
      { part: 'a', state: 'unknown', message: 'Slack is away', fix: 'look outside' },
      { part: 'b', state: 'unknown', message: 'broken' },
      { part: 'c', state: 'unknown', message: 'first of many' },
      { part: 'd', state: 'unknown', message: 'a text' },
      { part: 'e', state: 'unknown', message: 'Slack refuses users.list', fix: 'reinstall the app' },
      { part: 'f', state: 'unknown', message: 'at once' },
    ]);
  });

  it('does not wait for a part that hangs, tells it to stop, and loses none of the others', async () => {
    let stopped = false;
    const hanging: Part = {
      name: 'hanging',
      look: (its) =>
        new Promise(() => {
          its.addEventListener('abort', () => {
            stopped = true;
          });
        }),
    };
    const findings = await examine([hanging, part('quick', ok('fine'))], { signal, deadlineMs: 20 });
    expect(findings).toEqual([
      { part: 'hanging', state: 'unknown', message: 'no answer within 0.02 s' },
      { part: 'quick', state: 'ok', message: 'fine' },
    ]);
    expect(stopped).toBe(true);
  });

  it('calls a part unknown that says nothing', async () => {
    expect(await examine([part('silent')], { signal })).toMatchObject([{ part: 'silent', state: 'unknown' }]);
  });

  it('ends at once when the asker leaves', async () => {
    const asker = new AbortController();
    const hanging: Part = { name: 'hanging', look: () => new Promise(() => {}) };
    const findings = examine([hanging], { signal: asker.signal });
    asker.abort();
    expect(await findings).toMatchObject([
      { part: 'hanging', state: 'unknown', message: expect.stringMatching(/interrupted/) },
    ]);
    expect(await examine([hanging], { signal: asker.signal })).toMatchObject([{ state: 'unknown' }]);
  });

  it('shows no secret, wherever it stands', async () => {
    const token = 'xoxb-123456789012-abcdefghijkl';
    const [finding] = await examine([part('a', problem(`refused ${token}`, `not ${token}`))], { signal });
    expect(JSON.stringify(finding)).not.toContain('abcdefghijkl');
    const [thrown] = await examine([failing('a', new Error('postgres://rounds:hunter22@db/x'))], { signal });
    expect(JSON.stringify(thrown)).not.toContain('hunter22');
  });

  it('asks anew each time', async () => {
    let made = 0;
    const doctor = createDoctor(() => {
      made += 1;
      return [part('a', ok(`${made}`))];
    });
    await doctor.examine(signal);
    expect(await doctor.examine(signal)).toMatchObject([{ message: '2' }]);
  });
});

describe('the verdict and the exit code', () => {
  it.each([
    ['all fine', [ok('')], 'ok', 0],
    ['warnings only', [ok(''), warn('')], 'warn', 1],
    ['a problem', [ok(''), warn(''), unknown(''), problem('')], 'problem', 2],
    ['unknown, and nothing known to be wrong', [ok(''), unknown('')], 'unknown', 3],
    ['unknown and a warning', [unknown(''), warn('')], 'unknown', 3],
    ['nothing looked at', [], 'unknown', 3],
  ] as const)('%s', (_, found, verdict, code) => {
    expect([verdictOf(found), exitCodeOf(found)]).toEqual([verdict, code]);
  });
});
