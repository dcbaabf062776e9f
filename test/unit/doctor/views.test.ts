import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/doctor/model.ts';
import { doctorJson } from '../../../src/doctor/views/json.ts';
import { doctorPost } from '../../../src/doctor/views/slack.ts';
import { doctorText } from '../../../src/doctor/views/terminal.ts';
import { fitPost } from '../../../src/slack/limits.ts';

const fine: Finding[] = [
  { part: 'slack', state: 'ok', message: 'the bot is connected' },
  { part: 'slack', state: 'ok', message: 'all scopes' },
  { part: 'database', state: 'ok', message: 'PostgreSQL 18' },
];
const bad: Finding[] = [
  { part: 'slack', state: 'problem', message: 'lacks usergroups:read', fix: 'reinstall the app' },
  { part: 'aws', state: 'unknown', message: 'no answer' },
  { part: 'queue', state: 'warn', message: 'a job waits' },
  ...fine,
];
const plain = { colour: false };

function texts(post: { blocks: unknown[] }): string[] {
  return post.blocks.flatMap((block) => (block as { text?: { text: string } }).text?.text ?? []);
}

function buttons(post: { blocks: { type: string }[] }): string[] {
  const [last] = post.blocks.slice(-1) as { elements?: { action_id: string }[] }[];
  return last?.elements?.map(({ action_id }) => action_id) ?? [];
}

describe('in a terminal', () => {
  it('tells the verdict, then each finding with its fix below', () => {
    expect(doctorText(bad, plain).split('\n')).toEqual([
      '✗ 1 problem · 1 unknown · 1 warning · 3 fine',
      '✗ slack: lacks usergroups:read',
      '  → reinstall the app',
      '? aws: no answer',
      '! queue: a job waits',
      '✓ slack: the bot is connected',
      '✓ slack: all scopes',
      '✓ database: PostgreSQL 18',
    ]);
    expect(doctorText(fine, plain).split('\n')[0]).toBe('✓ 3 of 3 fine');
  });

  it('colours only the sign', () => {
    expect(doctorText(bad, { colour: true })).toContain('\x1b[1;31m✗\x1b[0m slack: lacks');
  });

  it('keeps what a server says on its line and without control characters', () => {
    const message = '\x1b[2Jgone\nnew line\rback\x07';
    const text = doctorText([{ part: 'a', state: 'problem', message, fix: 'x\ny' }], plain);
    expect(text.split('\n')).toHaveLength(3);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('in Slack', () => {
  it('is one line when all is well, with a button for the rest', () => {
    const post = doctorPost(fine, { all: false });
    expect(texts(post)).toEqual(['🟢 3 of 3 fine']);
    expect(buttons(post)).toEqual(['doctor.again', 'doctor.all']);
  });

  it('shows what needs a person, worst first', () => {
    const post = doctorPost(bad, { all: false });
    expect(texts(post)).toEqual([
      '*🔴 1 problem · 1 unknown · 1 warning · 3 fine*',
      '🔴 *slack*: lacks usergroups:read\n→ reinstall the app',
      '⚪ *aws*: no answer',
      '🟠 *queue*: a job waits',
    ]);
    expect(post.text).toBe('🔴 1 problem · 1 unknown · 1 warning · 3 fine — slack: lacks usergroups:read');
  });

  it('shows everything when asked to, what is fine by part', () => {
    const post = doctorPost(bad, { all: true });
    expect(texts(post).slice(4)).toEqual([
      '🟢 *slack*: the bot is connected\n🟢 *slack*: all scopes',
      '🟢 *database*: PostgreSQL 18',
    ]);
    expect(buttons(post)).toEqual(['doctor.again']);
  });

  it('makes foreign text inert', () => {
    const message = '<!channel> <@U012ABCDEF> <https://evil.example|click> *bold* `code`';
    for (const all of [true, false]) {
      const shown = JSON.stringify(
        doctorPost([{ part: 'a<!here>', state: 'problem', message, fix: message }], { all }),
      );
      expect(shown).not.toMatch(/<[!@h]/);
      expect(shown).not.toContain('*bold*');
    }
  });

  it('stays within the limits of Slack however much is wrong, and says how much is missing', () => {
    const many = Array.from({ length: 300 }, (_, index): Finding => {
      return { part: `part ${index}`, state: 'problem', message: 'm'.repeat(5_000), fix: 'f'.repeat(5_000) };
    });
    const { blocks } = fitPost(doctorPost(many, { all: true }), 'post');
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks)).toMatch(/… and \d+ more/);
    expect(buttons({ blocks })).toEqual(['doctor.again']);
  });
});

it('as JSON: the verdict, counts of all states, and every finding with the same keys', () => {
  expect(doctorJson(bad)).toEqual({
    verdict: 'problem',
    counts: { problem: 1, unknown: 1, warn: 1, ok: 3 },
    findings: bad.map(({ part, state, message, fix }) => ({ part, state, message, fix: fix ?? null })),
  });
});
