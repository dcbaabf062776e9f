import { join } from 'node:path';
import { expect, it } from 'vitest';
import { declareFields, readDeclaration } from '../../../src/incidents/form.ts';
import { loadSeverities } from '../../../src/severities/load.ts';

const filled = { title: 'API is down', severity: 'p0' };

it('takes a title and a severity, and nothing else is needed', () => {
  expect(readDeclaration(filled)).toEqual({ parsed: { ...filled, phi: false, drill: false, private: false } });
  expect(readDeclaration({})).toEqual({
    errors: { title: 'What is wrong? In a few words', severity: 'How bad is it?' },
  });
});

it.each([
  ['yes', true],
  ['unsure', true],
  ['no', false],
  [undefined, false],
])('PHI: %s counts as %s', (phi, counts) => {
  expect(readDeclaration({ ...filled, ...(phi && { phi }) })).toMatchObject({ parsed: { phi: counts } });
});

it('a drill is one only when it is ticked', () => {
  expect(readDeclaration({ ...filled, how: ['drill'] })).toMatchObject({ parsed: { drill: true } });
  expect(readDeclaration({ ...filled, how: [] })).toMatchObject({ parsed: { drill: false } });
});

it('shows the criteria of every severity, worst first, and takes a message along', async () => {
  const { all } = await loadSeverities([join(import.meta.dirname, '../../../templates/incidents')]);
  const text = `the API is down\n${'x'.repeat(300)}`;
  const fields = declareFields(all, { message: { text } } as Parameters<typeof declareFields>[1]);
  const note = fields.find(({ kind }) => kind === 'note');
  expect(note).toMatchObject({ text: expect.stringMatching(/^\*P0 Critical\*: .+\n\*P1/) });
  expect(fields[0]).toMatchObject({ name: 'title', initial: 'the API is down' });
  expect(fields.find((field) => 'name' in field && field.name === 'known')).toMatchObject({ initial: text });
});
