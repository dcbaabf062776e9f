import { describe, expect, it } from 'vitest';
import maintenance from '../../../commands/maintenance.ts';
import { type Access, permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext } from '../../../src/kernel/command.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import type { Services } from '../../../src/services.ts';
import { viewersOnly } from '../../support/access.ts';
import { memoryLog } from '../../support/memory-log.ts';

const checks = [
  { id: 'api', group: 'api' },
  { id: 'main-db', group: 'data' },
];
const everyone: Access = { ...viewersOnly, decide: async () => ({ kind: 'allowed' }) };

/** Types `maintenance …` and tells what was begun or ended. */
async function typed(
  words: string[],
  { access = everyone, kind = 'maintenance', face = 'slack' as CommandContext<Services>['face'] } = {},
): Promise<unknown[]> {
  const asked: unknown[] = [];
  const silence = { target: { kind: 'check', id: 'api' }, until: new Date(0), by: { name: 'anna' }, kind };
  const services = {
    ops: { checks, maintenance: [] },
    health: {
      silences: async () => [],
      silence: async (id: string) => {
        if (id === 'gone') throw new OpsError('not_found', 'There is none', { hint: '/ops maintenance lists them' });
        return silence;
      },
      beginMaintenance: async (_: unknown, work: unknown) => {
        asked.push(work);
        return silence;
      },
      endSilence: async (_: unknown, id: string) => {
        asked.push(`end ${id}`);
        return { kind: 'ended', silence, still: [] };
      },
    },
  } as unknown as Services;
  const actor = { id: 'slack:U1', name: 'anna', mention: '<@U1>' };
  const ctx: CommandContext<Services> = {
    services,
    actor,
    clock: { now: () => new Date(0) },
    log: memoryLog(),
    request: 'ABC123',
    face,
    signal: new AbortController().signal,
    ...permissionsOf(access, actor),
  };
  const replies = maintenance.run(ctx, words);
  if (!(Symbol.asyncIterator in replies)) (await replies).slack();
  return asked;
}

const words = (line: string) => line.split(' ').filter(Boolean);

describe('what /ops maintenance does', () => {
  it.each([
    ['data 45m patches', { target: { kind: 'group', id: 'data' }, forMs: 2_700_000, mode: 'mute', reason: 'patches' }],
    [
      'main-db 1h30m skip new host, ask ben',
      { target: { kind: 'check', id: 'main-db' }, forMs: 5_400_000, mode: 'skip', reason: 'new host, ask ben' },
    ],
    ['api/api 2H skip', { target: { kind: 'check', id: 'api' }, forMs: 7_200_000, mode: 'skip', reason: '' }],
    ['end x7k2mp', 'end x7k2mp'],
  ])('%s', async (line, asked) => {
    expect(await typed(words(line))).toEqual([asked]);
  });

  it.each([
    ['data', 'invalid', 'How long does it last?'],
    ['data patches', 'invalid', '"patches" is no duration like 45m or 2h'],
    ['dta 45m patches', 'not_found', 'There is no group or check "dta"'],
    ['--all 45m x', 'invalid', 'There is no option --all'],
    ['end', 'invalid', 'Which one? Its id is needed'],
    ['end a b', 'invalid', 'Which one? Its id is needed'],
  ])('%s is refused', async (line, code, message) => {
    await expect((async () => typed(words(line)))()).rejects.toMatchObject({ code, message });
  });

  it('an unknown id is refused with what can be typed where it was typed', async () => {
    for (const [face, hint] of [
      ['slack', '/ops maintenance lists them'],
      ['terminal', '`rounds maintenance` lists them'],
    ] as const) {
      await expect(typed(['end', 'gone'], { face })).rejects.toMatchObject({ code: 'not_found', hint });
    }
  });

  it('everyone may look; to begin takes an operator, and to end what such a one began', async () => {
    expect(await typed([], { access: viewersOnly })).toEqual([]);
    for (const line of ['data 45m patches', 'end x7k2mp']) {
      await expect(typed(words(line), { access: viewersOnly })).rejects.toMatchObject({
        code: 'forbidden',
        role: 'operator',
      });
    }
    const mute = { access: viewersOnly, kind: 'mute' };
    await expect(typed(words('end x7k2mp'), mute)).rejects.toMatchObject({ role: 'responder' });
  });
});
