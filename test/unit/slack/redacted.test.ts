import { expect, it } from 'vitest';
import type { Post } from '../../../src/kernel/command.ts';
import { escapeSlack, slackLink } from '../../../src/kernel/escape.ts';
import { maskAlways } from '../../../src/kernel/redact.ts';
import { fitPost } from '../../../src/slack/limits.ts';
import { redactedView } from '../../../src/slack/redacted.ts';

function section(text: string): Post['blocks'][number] {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

it('masks what people read, in the text and in every block', () => {
  const leak = 'Key (email)=(anna@example.com) already exists, call 212-555-0147, token=s3cr3tvalue';
  const post = fitPost(
    {
      text: leak,
      blocks: [
        section(leak),
        { type: 'header', text: { type: 'plain_text', text: leak } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: leak }] },
        { type: 'markdown', text: leak },
        { type: 'table', rows: [[{ type: 'raw_text', text: leak }]] },
        { type: 'image', image_url: 'https://x.example/i.png', alt_text: leak },
      ],
    },
    'post',
  );
  expect(post.blocks).toHaveLength(6);
  const sent = JSON.stringify(post);
  expect(sent).not.toMatch(/anna|example\.com|0147|s3cr3t/);
  expect(sent.match(/\[e-mail\]/g)).toHaveLength(7);
});

it('masks escaped text too, where a word joiner stands in every address', () => {
  const { text } = fitPost(
    { text: escapeSlack('"anna@example.com" postgres://app:hunter2@db.example.com/main'), blocks: [] },
    'post',
  );
  expect(text).not.toMatch(/anna|hunter2/);
  expect(text).toMatch(/db\.example\.com/);
});

it('keeps the marks of Slack, ids, values and addresses of buttons', () => {
  const kept = [
    '<@U02ABCDEF> <!subteam^S012345678|@on-call> <#C012345678> <!here>',
    '<!date^1763712000^{date_short_pretty} {time}|2026-11-21 08:00 UTC>',
    slackLink('https://wiki.example.com/pages/5551234567?x=1&y=2', 'runbook'),
  ].join(' ');
  const button = {
    type: 'button',
    action_id: 'page.call.212-555-0147',
    value: 'anna@example.com',
    url: 'https://x.example/?email=anna@example.com',
    text: { type: 'plain_text', text: 'Call' },
  };
  const post = {
    text: kept,
    blocks: [section(kept), { type: 'actions', block_id: 'a@b.example', elements: [button] }],
  };
  const fitted = fitPost(post, 'post');
  expect(fitted.text).toBe(kept);
  expect(fitted.blocks[1]).toMatchObject({ block_id: 'a@b.example', elements: [button] });
});

it('masks the secrets in the address of a link, and what its label says', () => {
  const { text } = fitPost({ text: '<https://u:hunter2@x.example/|ask anna@example.com>', blocks: [] }, 'post');
  expect(text).toBe('<https://u:∗∗∗@x.example/|ask [e-mail]>');
});

it('masks nothing twice and starts no bold text', () => {
  const once = fitPost({ text: '*FAIL* password=hunter2', blocks: [] }, 'post');
  expect(once.text).toBe('*FAIL* password=∗∗∗');
  expect(fitPost(once, 'post')).toEqual(once);
});

it('masks a view but not what comes back from it', () => {
  const view = {
    type: 'modal',
    private_metadata: 'a@b.example',
    title: { type: 'plain_text', text: 'to a@b.example' },
  };
  expect(redactedView(view)).toEqual({ ...view, title: { type: 'plain_text', text: 'to [e-mail]' } });
});

it('masks what is known to be secret in what people read, not in ids and addresses', () => {
  maskAlways('q9f8h3kd02lmz7pp', 'clinic-wiki');
  const link = slackLink('https://wiki.example/clinic-wiki', 'runbook');
  const button = { type: 'button', action_id: 'clinic-wiki', value: 'clinic-wiki' };
  const label = (text: string) => ({ type: 'plain_text', text });
  const post = fitPost(
    {
      text: `it said q9f8h3kd02lmz7pp ${link}`,
      blocks: [{ type: 'actions', elements: [{ ...button, text: label('q9f8h3kd02lmz7pp') }] }],
    },
    'post',
  );
  expect(post.text).toBe(`it said ∗∗∗ ${link}`);
  expect(post.blocks).toMatchObject([{ type: 'actions', elements: [{ ...button, text: label('∗∗∗') }] }]);
});
