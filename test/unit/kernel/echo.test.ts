import { expect, it } from 'vitest';
import { scopeNamed } from '../../../src/health/scope.ts';
import { echo } from '../../../src/kernel/echo.ts';

it('what was typed is said back as it is, up to 60 characters', () => {
  expect(echo('api')).toBe('api');
  expect(echo('😀'.repeat(60))).toBe('😀'.repeat(60));
  expect(echo('😀'.repeat(61))).toBe(`${'😀'.repeat(59)}…`);
});

it('a long word that names nothing is cut where it is refused', () => {
  expect(() => scopeNamed('x'.repeat(500), { checks: [] })).toThrow(
    expect.objectContaining({ message: `There is no group or check "${'x'.repeat(59)}…"` }),
  );
});
