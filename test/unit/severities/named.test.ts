import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../src/severities/model.ts';
import { severityNamed } from '../../../src/severities/named.ts';
import { readAll, severityText } from './sample.ts';

const labelled = (labels: Record<string, [rank: number, label: string]>): Severity[] =>
  readAll(
    Object.fromEntries(
      Object.entries(labels).map(([id, [rank, label]]) => [id, severityText(`rank: ${rank}`, `label: ${label}`)]),
    ),
  );

const ivr = labelled({ p0: [0, 'P0 Critical'], p1: [1, 'P1 High'], p2: [2, 'P2 Medium'], p3: [3, 'P3 Low'] });
const holi = labelled({ p1: [0, 'P1 Critical'], p2: [1, 'P2 Warning'] });
const rms = labelled({ critical: [1, 'Critical'], high: [2, 'High'], 'very-low': [3, 'Very low'], low: [4, 'Low'] });

describe('a severity is found', () => {
  it.each([
    ['p0', 'p0'],
    ['P0', 'p0'],
    [' critical ', 'p0'],
    ['CRITICAL', 'p0'],
    ['P0 Critical', 'p0'],
    ['sev1', 'p1'],
    ['SEV-1', 'p1'],
    ['s2', 'p2'],
    ['3', 'p3'],
    ['low', 'p3'],
  ])("IVR's: %s", (text, id) => {
    expect(severityNamed(ivr, text).id).toBe(id);
  });

  it.each([
    ['sev1', 'p1'],
    ['2', 'p2'],
    ['warning', 'p2'],
  ])("Holi's, whose numbers are those of its ids and not its ranks: %s", (text, id) => {
    expect(severityNamed(holi, text).id).toBe(id);
  });

  it.each([
    ['sev1', 'critical'],
    ['P4', 'low'],
    ['low', 'low'],
    ['very low', 'very-low'],
    ['very', 'very-low'],
  ])("RMS's, which has no numbers but its ranks: %s", (text, id) => {
    expect(severityNamed(rms, text).id).toBe(id);
  });
});

describe('what is none says what there is', () => {
  it.each([
    ['critcal', 'did you mean critical?'],
    ['hihg', 'did you mean high?'],
    ['sev9', 'one of p0 (P0 Critical), p1 (P1 High), p2 (P2 Medium), p3 (P3 Low)'],
    ['', 'one of p0'],
  ])('%s', (text, hint) => {
    expect(() => severityNamed(ivr, text)).toThrow(
      expect.objectContaining({
        code: 'not_found',
        message: `There is no severity "${text}"`,
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it('p0 is none of those that begin with 1', () => {
    expect(() => severityNamed(holi, 'p0')).toThrow('There is no severity "p0"');
    expect(() => severityNamed(rms, 'p0')).toThrow('There is no severity "p0"');
  });
});
