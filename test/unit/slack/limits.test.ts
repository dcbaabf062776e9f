import { describe, expect, it } from 'vitest';
import type { SlackBlock } from '../../../src/kernel/command.ts';
import { fitPost } from '../../../src/slack/limits.ts';

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function button(actionId: string, rest: object = {}) {
  return { type: 'button', action_id: actionId, text: { type: 'plain_text', text: 'Go' }, ...rest };
}

describe('fitPost', () => {
  it('leaves a post that fits as it is', () => {
    const post = {
      text: 'hello',
      blocks: [
        section('hello'),
        { type: 'divider' },
        { type: 'actions', block_id: 'b', elements: [button('health.again', { value: 'all', style: 'primary' })] },
      ],
    };
    expect(fitPost(post, 'post')).toEqual(post);
  });

  it('lets no text leave that Slack may link or mention by itself', () => {
    const text = { type: 'mrkdwn', text: 'https://x.example', verbatim: false };
    const confirm = { title: text, text, confirm: text, deny: text };
    const fitted = fitPost(
      {
        text: 't',
        blocks: [
          {
            type: 'section',
            text,
            fields: Array.from({ length: 12 }, () => text),
            accessory: button('a', { confirm }),
          },
          { type: 'context', elements: Array.from({ length: 12 }, () => text) },
          { type: 'hologram' },
        ],
      },
      'post',
    );
    const all = JSON.stringify(fitted);
    expect(all.split('"mrkdwn"').length - 1).toBe(1 + 10 + 1 + 10 + 1);
    expect(all.split('"verbatim":true').length).toBe(all.split('"mrkdwn"').length);
  });

  it('counts the blocks it drops from the end', () => {
    const { blocks } = fitPost(
      { text: 't', blocks: Array.from({ length: 70 }, (_, n) => section(`row ${n}`)) },
      'post',
    );
    expect(blocks).toHaveLength(50);
    expect(blocks.at(-1)).toEqual({
      type: 'context',
      elements: [{ type: 'mrkdwn', text: '… and 21 more', verbatim: true }],
    });
  });

  it('keeps the buttons at the end, below the notice', () => {
    const rows = Array.from({ length: 70 }, (_, n) => section(`row ${n}`));
    const { blocks } = fitPost(
      { text: 't', blocks: [...rows, { type: 'actions', elements: [button('a.b')] }] },
      'post',
    );
    expect(blocks).toHaveLength(50);
    expect(blocks.at(-1)?.type).toBe('actions');
    expect(blocks.at(-2)).toMatchObject({ elements: [{ text: '… and 22 more' }] });
  });

  it('keeps the whole message within the budget of characters', () => {
    const { blocks } = fitPost(
      { text: 't', blocks: Array.from({ length: 10 }, () => section('x'.repeat(2_900))) },
      'post',
    );
    expect(blocks).toHaveLength(5);
    expect(blocks.at(-1)).toMatchObject({ elements: [{ text: '… and 6 more' }] });
  });

  it('cuts the text to 4,000 characters for an update and to 40,000 otherwise', () => {
    const post = { text: 'x'.repeat(50_000), blocks: [] };
    expect(fitPost(post, 'update').text).toHaveLength(4_000);
    expect(fitPost(post, 'post').text).toHaveLength(40_000);
  });

  it('tells equal action_ids of one block apart', () => {
    const elements = [button('health.details'), button('health.details'), button('health.details')];
    const { blocks } = fitPost({ text: 't', blocks: [{ type: 'actions', elements }] }, 'post');
    expect(blocks[0]).toMatchObject({
      elements: [{ action_id: 'health.details' }, { action_id: 'health.details.1' }, { action_id: 'health.details.2' }],
    });
  });

  it('drops a button whose value would have to be cut, and a second block_id', () => {
    const elements = [button('a.b', { value: 'x'.repeat(2_001) }), button('a.c')];
    const divider = { type: 'divider', block_id: 'same' };
    const { blocks } = fitPost({ text: 't', blocks: [{ type: 'actions', elements }, divider, divider] }, 'post');
    expect(blocks).toMatchObject([{ elements: [{ action_id: 'a.c' }] }, { block_id: 'same' }, { type: 'divider' }]);
    expect(blocks[2]).not.toHaveProperty('block_id');
  });

  it('says how many table rows, fields and context elements are missing', () => {
    const rows = Array.from({ length: 150 }, (_, n) => [{ type: 'raw_text', text: `r${n}` }]);
    const fields = Array.from({ length: 12 }, (_, n) => ({ type: 'mrkdwn', text: `f${n}` }));
    const { blocks } = fitPost(
      {
        text: 't',
        blocks: [
          { type: 'table', rows },
          { type: 'section', fields },
        ],
      },
      'post',
    );
    const [table, facts] = blocks;
    expect(table?.rows).toHaveLength(100);
    expect(Array.isArray(table?.rows) && table.rows.at(-1)).toEqual([{ type: 'raw_text', text: '… and 51 more' }]);
    expect(Array.isArray(facts?.fields) && facts.fields.at(-1)).toEqual({
      type: 'mrkdwn',
      text: '… and 3 more',
      verbatim: true,
    });
  });

  it('leaves out what says nothing and counts what it does not know', () => {
    const { blocks } = fitPost({ text: 't', blocks: [section('  '), { type: 'hologram' }, section('x')] }, 'post');
    expect(blocks).toEqual([
      section('x'),
      { type: 'context', elements: [{ type: 'mrkdwn', text: '… and 1 more', verbatim: true }] },
    ]);
  });

  it('never sends a message with nothing in it', () => {
    expect(fitPost({ text: '', blocks: [section('')] }, 'post')).toEqual({ text: '—', blocks: [] });
  });
});
