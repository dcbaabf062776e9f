import { describe, expect, it } from 'vitest';
import { healthPost } from '../../../../src/health/views/slack.ts';
import { tablePosts } from '../../../../src/health/views/table.ts';
import { checkReport, healthReport, noon } from '../../../support/reports.ts';

const texts = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : texts(inner),
  );
};

describe('the health message', () => {
  it('is two lines and a button when all is well', () => {
    const post = healthPost(healthReport([checkReport('api'), checkReport('db')]), { now: noon, scope: '' });
    expect(post.text).toBe('🟢 2 ok');
    expect(post.blocks.map((block) => block.type)).toEqual(['section', 'context', 'actions']);
  });

  it('says verdict first, then the worst with reason, since when, who and what next', () => {
    const fail = checkReport('api', {
      outcome: 'fail',
      reason: 'HTTP 503 (want 200)',
      owner: '@platform',
      next: 'check the load balancer',
      runbook: 'https://wiki.example.com/api',
    });
    const post = healthPost(
      healthReport([checkReport('db'), checkReport('lag', { outcome: 'warn', reason: 'lag 6 s' }), fail]),
      {
        now: noon,
        scope: 'api',
      },
    );
    const lines = texts(post.blocks);
    expect(lines[0]).toBe('🔴 *1 fail · 1 warn · 1 ok*');
    expect(lines[2]).toMatch(
      /^🔴 \*FAIL api\*: HTTP 503 \(want 200\) · since <!date\^1795434600\^\{time\}\|2026-11-23 11:50 UTC> · @\u2060platform\n→ check the load balancer · <https:\/\/wiki.example.com\/api\|runbook>$/,
    );
    expect(lines.find((line) => line.startsWith('🟠'))).toContain('*WARN lag*');
  });

  it('shows what is still being checked instead of buttons that would start it again', () => {
    const post = healthPost(healthReport([checkReport('api'), checkReport('db')], { pending: ['db'] }), {
      now: noon,
      scope: '',
    });
    expect(texts(post.blocks)[1]).toBe('⏳ checked 1 of 2 …');
    expect(post.blocks.some((block) => block.type === 'actions')).toBe(false);
  });

  it('comes at once with the last result and its age', () => {
    const report = healthReport([checkReport('api')], {
      pending: ['api'],
      started_at: new Date(noon.getTime() - 240_000),
    });
    expect(texts(healthPost(report, { now: noon, scope: '' }).blocks)[1]).toBe('⏳ last result 4 min ago · checking …');
  });

  it('counts what it leaves out, and the thread has all of it', () => {
    const checks = Array.from({ length: 130 }, (_, index) => checkReport(`c${index}`, { outcome: 'fail' }));
    const report = healthReport(checks);
    expect(texts(healthPost(report, { now: noon, scope: '' }).blocks)).toContain('… and 118 more in the thread');
    const rows = tablePosts(report.checks).flatMap((post) =>
      (post.blocks[0] as unknown as { rows: unknown[] }).rows.slice(1),
    );
    expect(rows).toHaveLength(130);
  });

  it('makes what a system answered inert', () => {
    const evil = '<!channel> & <https://evil.example|click>';
    const report = healthReport([checkReport('api', { outcome: 'fail', reason: evil, next: evil, owner: '<!here>' })]);
    const post = healthPost(report, { now: noon, scope: '' });
    const all = [post.text, ...texts(post.blocks)].join('\n').replaceAll(/<!date\^[^>]*>/g, '');
    expect(all).not.toMatch(/<[!@#h]/);
    expect(all).toContain('&lt;!channel&gt; &amp; ');
  });
});
