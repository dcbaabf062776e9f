import { expect, test } from 'vitest';
import { likelyName, listWithGuess } from '../../../src/config/suggest.ts';

const known = ['connections_pct', 'locks', 'GET', 'America/New_York'];

test.each([
  ['conections_pct', 'connections_pct'],
  ['connections', 'connections_pct'],
  ['Lock', 'locks'],
  ['get', 'GET'],
  ['amerika/new_york', 'America/New_York'],
  ['latency_ms', undefined],
  ['co', undefined],
])('%s was likely meant as %s', (name, likely) => {
  expect(likelyName(name, known)).toBe(likely);
});

test('a long list is cut, and the guess is behind it', () => {
  expect(listWithGuess('lokcs', known, 1)).toBe('connections_pct and 3 more — did you mean locks?');
  expect(listWithGuess('x', [])).toBe('');
});
