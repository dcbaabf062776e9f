import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checklistCsv } from '../../../src/checklists/csv.ts';
import type { ChecklistJson, ItemJson } from '../../../src/checklists/export.ts';

function csvOf(note: string): string {
  const item: ItemJson = {
    ...{ n: 1, id: 'a', title: 'A', state: 'done', by: 'slack:U1', at: '2026-11-23T09:00:00.000Z', note, link: '' },
    ...{ result: null, audit: { seq: 7, hash: 'ab' } },
  };
  const run = {
    ...{ run: 1, title: 'M', slot: null, state: 'finished', begunAt: '', begunBy: 'rounds', dueAt: '', doneAt: null },
    ...{ endedAt: null, endedBy: null, reason: '', planSha256: '', proof: null, items: [item], audit: [] },
  };
  const json: ChecklistJson = {
    format: 'rounds-checklist',
    version: 1,
    checklist: 'm',
    exportedAt: '',
    head: null,
    more: false,
    runs: [run],
  };
  return checklistCsv(json);
}

/** As a spreadsheet reads it: RFC 4180. */
function cellsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

const noteOf = (csv: string) => {
  const [head = [], line = []] = cellsOf(csv);
  expect(line).toHaveLength(head.length);
  return line[head.indexOf('note')];
};

describe('a cell', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', ' =1'])(
    'that begins like a formula is a text: %j',
    (note) => {
      expect(noteOf(csvOf(note))).toMatch(/^'/);
      expect(noteOf(csvOf(note))?.replaceAll("'", '')).toBe(note);
    },
  );

  it('is no formula where `;` or a tab ends a cell, either', () => {
    for (const text of ['a;=1+1', 'a;\t@x', 'a\t-1', 'a\n+1']) {
      const cells = noteOf(csvOf(text))!.split(/[;\t\n]/);
      expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
    }
  });

  it('comes out as it went in, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (note) => {
        const read = noteOf(csvOf(note)) ?? '';
        expect(read.replaceAll("'", '')).toBe(note.replaceAll("'", ''));
        expect(read).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
  });
});
