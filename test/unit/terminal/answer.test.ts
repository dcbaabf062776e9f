import { describe, expect, it } from 'vitest';
import { type DeniedAttempt, permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply, Role } from '../../../src/kernel/command.ts';
import { defineCommand } from '../../../src/kernel/command.ts';
import { OpsError } from '../../../src/kernel/errors.ts';
import { answerLine } from '../../../src/terminal/answer.ts';
import { viewersOnly } from '../../support/access.ts';
import { memoryLog } from '../../support/memory-log.ts';

const style = { colour: false, width: 80, zone: 'UTC' };

function reply(text: string, over: Partial<Reply> = {}): Reply {
  return {
    place: 'channel',
    slack: () => ({ text, blocks: [] }),
    terminal: () => text,
    json: () => ({ text }),
    ...over,
  };
}

async function answer(run: () => Promise<Reply> | AsyncIterable<Reply>, json = false, role: Role = 'viewer') {
  const log = memoryLog();
  const command = defineCommand<object>({ name: 'x', summary: '', usage: '', examples: [], role, run });
  const denied: DeniedAttempt[] = [];
  const ctx: CommandContext<object> = {
    services: {},
    actor: { id: 'os:anna', name: 'anna', mention: 'anna' },
    clock: { now: () => new Date(0) },
    log,
    request: 'ABC123',
    face: 'terminal',
    signal: new AbortController().signal,
    ...permissionsOf(viewersOnly, { id: 'os:anna' }),
  };
  const given = await answerLine(command, ctx, { args: [], json, style }, (attempt) => denied.push(attempt));
  return { answer: given, log, denied };
}

describe('what a terminal prints', () => {
  it('is the last of several replies, with its exit code', async () => {
    const { answer: given } = await answer(async function* () {
      yield reply('soon', { partial: true, exitCode: 0 });
      yield reply('red', { exitCode: 2 });
    });
    expect(given).toEqual({ text: 'red', exitCode: 2 });
  });

  it('is never what was known before, when the measuring was cut short', async () => {
    const { answer: given } = await answer(async function* () {
      yield reply('all well an hour ago', { partial: true, exitCode: 0 });
    }, true);
    expect(given).toEqual({ problem: 'Interrupted before everything was measured.', exitCode: 3 });
  });

  it('is JSON when asked for', async () => {
    const { answer: given } = await answer(async () => reply('ok'), true);
    expect(JSON.parse(given.text ?? '')).toEqual({ text: 'ok' });
  });

  it('words an expected failure with its remedy', async () => {
    const { answer: given } = await answer(async () => {
      throw new OpsError('not_found', 'There is no check "x"', { hint: 'Did you mean y?' });
    });
    expect(given).toEqual({ problem: 'There is no check "x"\n→ Did you mean y?', exitCode: 3 });
  });

  it('is the denial of somebody without the role, and nothing runs', async () => {
    let ran = false;
    const run = async () => {
      ran = true;
      return reply('done');
    };
    const { answer: given, denied } = await answer(run, false, 'operator');
    expect(given).toEqual({ problem: "This takes the role operator, which you don't have.", exitCode: 3 });
    expect(denied).toMatchObject([
      { actor: { id: 'os:anna' }, request: 'ABC123', action: 'x', role: 'operator', denial: { why: 'role' } },
    ]);
    expect(ran).toBe(false);
  });

  it('gives a bug a reference that the log explains, and nothing of its text', async () => {
    const { answer: given, log } = await answer(async () => {
      throw new Error('postgres://user:hunter2@db');
    });
    const ref = /\(ref ([A-Z0-9]{6})\)/.exec(given.problem ?? '')?.[1];
    expect([given.exitCode, given.problem]).toEqual([3, expect.not.stringContaining('hunter2')]);
    expect(JSON.stringify(log.lines)).toContain(String(ref));
  });
});
