import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../src/audit/query.ts';
import { OpsError } from '../../../src/kernel/errors.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const asking = { actor: 'slack:UANNA', now, most: 30, usual: 20 };
const parse = (...args: string[]) => parseSearch(args, asking);

describe('what /ops audit looks for', () => {
  it.each([
    [[], {}],
    [['api', 'muted'], { words: ['api', 'muted'] }],
    [['by:me'], { actors: ['slack:UANNA'] }],
    [['by:<@U0BOB>'], { actors: ['slack:U0BOB'] }],
    [['by:<@U0BOB|bob>'], { actors: ['slack:U0BOB'] }],
    [['by:U0BOB'], { actors: ['slack:U0BOB'] }],
    [['by:slack:U0BOB'], { actors: ['slack:U0BOB'] }],
    [['by:os:anna'], { actors: ['os:anna'] }],
    [['by:rounds'], { actors: ['rounds'] }],
    [['action:check', 'target:main-db'], { action: 'check', target: 'main-db' }],
    [['since:24h'], { since: new Date('2026-11-22T12:00:00.000Z') }],
    [
      ['since:2026-11-01', 'until:2026-11-02T06:30'],
      { since: new Date('2026-11-01'), until: new Date('2026-11-02T06:30Z') },
    ],
    [['limit:5', 'below:100'], { limit: 5, below: 100 }],
    [['http://x'], { words: ['http://x'] }],
    [['a:b'], { words: ['a:b'] }],
  ] as [string[], object][])('%j', (args, search) => {
    expect(parse(...args)).toEqual({ limit: 20, ...search });
  });

  it.each([
    [['since:yesterday'], 'such as 24h'],
    [['until:2026-13-45'], 'such as 24h'],
    [['limit:31'], 'from 1 to 30'],
    [['limit:0'], 'from 1 to 30'],
    [['below:-1'], 'a whole number'],
    [['--since'], 'usage'],
    [['—since', '24h'], 'usage'],
    [['actoin:check'], 'Did you mean action:'],
    [['foo:bar'], 'by:, action:, target:, since:, until:, below:, limit:'],
    [['by:@ben'], "`me`, a member's id such as U012ABCDEF (profile → Copy member ID)"],
    [['by:ben'], 'or os:NAME'],
    [['by:slack:ben'], 'or os:NAME'],
  ])('%j is refused and says what to write', (args, hint) => {
    expect(() => parse(...args)).toThrow(OpsError);
    expect(() => parse(...args)).toThrow(
      expect.objectContaining({ code: 'invalid', hint: expect.stringContaining(hint) }),
    );
  });

  it('is a search or a refusal, whatever is typed', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.constantFrom('by', 'action', 'target', 'since', 'until', 'below', 'limit'), fc.string())
        .map(([name, value]) => `${name}:${value}`),
    );
    fc.assert(
      fc.property(fc.array(word), (args) => {
        try {
          expect(parse(...args).limit).toBeLessThanOrEqual(30);
        } catch (error) {
          expect(error).toBeInstanceOf(OpsError);
        }
      }),
    );
  });
});
