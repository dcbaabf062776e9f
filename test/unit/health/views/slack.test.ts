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
  it('is one line and a button when all is well', () => {
    const post = healthPost(healthReport([checkReport('api'), checkReport('db')]), { now: noon, scope: '' });
    expect(post.text).toBe('🟢 2 ok');
    expect(post.blocks.map((block) => block.type)).toEqual(['section', 'actions']);
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
    expect(lines[0]).toBe('🔴 *api: 1 fail · 1 warn · 1 ok* — <!date^1795435200^{time}|2026-11-23 12:00 UTC>, 1.8 s');
    expect(lines[1]).toMatch(
      /^🔴 \*FAIL api\*: HTTP 503 \(want 200\) · since <!date\^1795434600\^\{time\}\|2026-11-23 11:50 UTC> · @\u2060platform\n→ check the load balancer · <https:\/\/wiki.example.com\/api\|runbook>$/,
    );
    expect(lines.find((line) => line.startsWith('🟠'))).toContain('*WARN lag*');
  });

  it('shows what is still being checked instead of buttons that would start it again', () => {
    const post = healthPost(healthReport([checkReport('api'), checkReport('db')], { pending: ['db'] }), {
      now: noon,
      scope: '',
    });
    expect(texts(post.blocks)[0]).toBe('🟢 *2 ok* — ⏳ checked 1 of 2 …');
    expect(post.blocks.some((block) => block.type === 'actions')).toBe(false);
  });

  it('claims nothing before anything was ever measured', () => {
    const checks = ['api', 'db'].map((id) =>
      checkReport(id, { outcome: 'unknown', reason: 'not measured yet', attempts: 0 }),
    );
    const post = healthPost(healthReport(checks, { pending: ['api', 'db'] }), { now: noon, scope: '' });
    expect(texts(post.blocks)).toEqual(['⏳ checking 2 for the first time …']);
  });

  it('comes at once with the last result and its age', () => {
    const report = healthReport([checkReport('api')], {
      pending: ['api'],
      started_at: new Date(noon.getTime() - 240_000),
    });
    const [first] = texts(healthPost(report, { now: noon, scope: '' }).blocks);
    expect(first).toBe('🟢 *1 ok* — ⏳ last result 4 min ago · checking …');
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

  it('names what blocks a group from elsewhere right behind the verdict', () => {
    const report = healthReport([checkReport('api', { outcome: 'blocked', blocked_by: 'db' }), checkReport('port')], {
      verdict: 'fail',
      warnings: ['db (group data) is fail and blocks 1 check here: connection refused'],
    });
    const post = healthPost(report, { now: noon, scope: 'web' });
    expect(texts(post.blocks)[0]).toMatch(/^🔴 \*web: 1 blocked · 1 ok\*/);
    expect(texts(post.blocks)[1]).toBe('⚠️ db (group data) is fail and blocks 1 check here: connection refused');
    expect(post.text).toContain('db (group data) is fail');
  });

  it('puts the worst before remarks about the answer itself', () => {
    const report = healthReport([checkReport('api', { outcome: 'fail' })], { warnings: ['history not saved'] });
    const lines = texts(healthPost(report, { now: noon, scope: '' }).blocks);
    expect(lines[1]).toContain('*FAIL api*');
    expect(lines).toContain('⚠️ history not saved');
  });

  it('gives what is blocked or muted one line per cause, whatever their number', () => {
    const blocked = Array.from({ length: 11 }, (_, n) =>
      checkReport(`b${String(n).padStart(2, '0')}`, { outcome: 'blocked', blocked_by: 'db' }),
    );
    const report = healthReport([
      checkReport('db', { outcome: 'fail' }),
      ...blocked,
      checkReport('other', { outcome: 'blocked', blocked_by: 'dns' }),
      checkReport('search', { outcome: 'muted' }),
    ]);
    expect(texts(healthPost(report, { now: noon, scope: '' }).blocks).filter((line) => line.startsWith('⛓️'))).toEqual([
      '⛓️ 11 blocked by db: b00, b01, b02, b03, b04, b05, b06, b07 … and 3 more\n⛓️ 1 blocked by dns: other\n🔕 1 muted: search',
    ]);
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
