import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/kernel/command.ts';
import { allCommands } from '../../../src/registry.ts';
import {
  buttonMeantBy,
  formMeantBy,
  formOf,
  meantBy,
  registryOf,
  shortcutMeantBy,
} from '../../../src/slack/registry.ts';

const run = async () => ({ place: 'asker' as const, slack: () => ({ text: '', blocks: [] }), terminal: () => '' });

function command(name: string, rest: Partial<Command<object>> = {}): Command<object> {
  return { name, summary: name, usage: '', examples: [], role: 'viewer', run, ...rest };
}

const again = { role: 'viewer' as const, run };
const now = { label: 'Now', summary: 'now', kind: 'global' as const, role: 'viewer' as const, opening: '…', run };
const registry = registryOf([
  command('health', { buttons: { again }, shortcuts: { now } }),
  command('check-config', { faces: ['terminal'] }),
]);

it('lists commands by use: health first, audit last', async () => {
  const { shared } = await allCommands();
  const names = registryOf(shared).commands.map(({ name }) => name);
  expect([names[0], names.at(-1)]).toEqual(['health', 'audit']);
});

describe('meantBy', () => {
  it('help with a word is the help of that command, or says what there is', () => {
    expect(meantBy(registry, ['help', 'Health'])).toMatchObject({ kind: 'help', command: { name: 'health' } });
    expect(meantBy(registry, ['help', 'healht'])).toMatchObject({ kind: 'unknown', nearest: 'health' });
    expect(meantBy(registry, ['help', 'help'])).toEqual({ kind: 'help' });
  });

  it.each([[[]], [['help']], [['HELP']], [['--help']]])('%j is help', (words) => {
    expect(meantBy(registry, words).kind).toBe('help');
  });

  it('finds a command whatever its case, with its arguments', () => {
    expect(meantBy(registry, ['Health', 'API', 'x'])).toMatchObject({ kind: 'run', args: ['API', 'x'] });
  });

  it('suggests the nearest command for a typo, and none for something else', () => {
    expect(meantBy(registry, ['healht'])).toEqual({ kind: 'unknown', word: 'healht', nearest: 'health' });
    expect(meantBy(registry, ['zzzzzzzz'])).toEqual({ kind: 'unknown', word: 'zzzzzzzz', nearest: undefined });
  });

  it('never suggests or runs what works in the terminal only', () => {
    expect(meantBy(registry, ['check-config']).kind).toBe('terminal_only');
    expect(meantBy(registry, ['check-confi'])).toMatchObject({ kind: 'unknown', nearest: undefined });
  });
});

describe('buttonMeantBy', () => {
  it.each([['health.again'], ['health.again.0'], ['health.again.12']])('%s is the button', (id) => {
    expect(buttonMeantBy(registry, id).kind).toBe('run');
  });

  it.each([['health.gone'], ['gone.again'], ['health'], ['health.constructor'], ['health.toString'], ['']])(
    '%s is unknown',
    (id) => {
      expect(buttonMeantBy(registry, id)).toEqual({ kind: 'unknown' });
    },
  );
});

it('shortcutMeantBy finds a shortcut by its callback_id alone', () => {
  expect(shortcutMeantBy(registry, 'health.now')).toMatchObject({ command: { name: 'health' }, shortcut: now });
  for (const id of ['health', 'health.gone', 'gone.now', 'health.now.0', 'health.constructor', ''])
    expect(shortcutMeantBy(registry, id)).toBeUndefined();
});

describe('forms', () => {
  const form = {
    ...{ title: 'T', button: 'B', summary: 's', role: 'viewer' as const },
    ...{ open: () => [], read: () => ({ errors: {} }) },
  };
  const declared = command('incident', { forms: { declare: form }, buttons: { again } });
  const forms = registryOf([declared]);

  it('are meant by their callback_id alone, and by a button of that name', () => {
    expect(formMeantBy(forms, 'incident.declare')).toMatchObject({ id: 'incident.declare', form });
    for (const id of ['answer', 'incident', 'incident.gone', 'incident.declare.1', 'incident.constructor', 'x.declare'])
      expect(formMeantBy(forms, id)).toBeUndefined();
    expect(buttonMeantBy(forms, 'incident.declare.2')).toMatchObject({ kind: 'form', id: 'incident.declare' });
    expect(buttonMeantBy(forms, 'incident.again').kind).toBe('run');
    expect(buttonMeantBy(forms, 'incident.gone').kind).toBe('unknown');
  });

  it('that a command names but does not have are its author’s mistake', () => {
    expect(() => formOf(declared, 'gone')).toThrow('Command incident has no form gone');
  });
});
