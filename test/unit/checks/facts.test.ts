import { describe, expect, it } from 'vitest';
import { factName } from '../../../src/checks/facts/name.ts';
import { counterRate, minuteMs, secondMs } from '../../../src/checks/facts/rate.ts';
import { cleanText, redactor } from '../../../src/checks/facts/text.ts';
import { Secret } from '../../../src/kernel/secret.ts';

describe('a counter’s rate', () => {
  const now = new Date('2026-11-01T09:10:00Z');
  const previous = { at: new Date('2026-11-01T09:05:00Z'), facts: { logins: 100, text: 'x' } };

  it('is its growth per unit of time', () => {
    expect(counterRate('logins', 400, { previous, now, unitMs: minuteMs })).toBe(60);
    expect(counterRate('logins', 400, { previous, now, unitMs: secondMs })).toBe(1);
    expect(counterRate('logins', 100, { previous, now, unitMs: minuteMs })).toBe(0);
  });

  it('is not yet known without a sample before, after a reset, or when no time has passed', () => {
    expect(counterRate('logins', 400, { previous: undefined, now, unitMs: minuteMs })).toBeUndefined();
    expect(counterRate('other', 400, { previous, now, unitMs: minuteMs })).toBeUndefined();
    expect(counterRate('text', 400, { previous, now, unitMs: minuteMs })).toBeUndefined();
    expect(counterRate('logins', null, { previous, now, unitMs: minuteMs })).toBeUndefined();
    expect(counterRate('logins', 99, { previous, now, unitMs: minuteMs })).toBeUndefined();
    expect(counterRate('logins', 400, { previous, now: previous.at, unitMs: minuteMs })).toBeUndefined();
  });
});

describe('text from outside', () => {
  it('loses colours, control characters and broken surrogates', () => {
    expect(cleanText('\u001b[31mred\u001b[0m\u0000 a\tb\r\nc\u0007\ud800', 100)).toBe('red a\tb\nc\ufffd');
  });

  it('is cut, never inside a character', () => {
    expect(cleanText('x'.repeat(5000), 2048)).toHaveLength(2048);
    expect(cleanText(`${'x'.repeat(9)}😀`, 10)).toBe(`${'x'.repeat(9)}\ufffd`);
  });

  it('shows secrets by name; short ones and plain strings stay', () => {
    const redact = redactor([new Secret('TOKEN'), new Secret('PIN'), 'plain'], (value) =>
      value instanceof Secret ? { TOKEN: 'a$&b*c', PIN: '12' }[value.name]! : value,
    );
    expect(redact('got a$&b*c, 12, plain')).toBe('got [secret TOKEN], 12, plain');
  });
});

describe('a fact’s name', () => {
  it('is a word that a condition can read', () => {
    const name = factName(['rows']);
    expect(['failed', 'p95_ms', '_x'].map((text) => name.safeParse(text).success)).toEqual([true, true, true]);
    expect(['', '9x', 'a-b', 'a b', 'in', 'true', 'rows'].filter((text) => name.safeParse(text).success)).toEqual([]);
  });
});
