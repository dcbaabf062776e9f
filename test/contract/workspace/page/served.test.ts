import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../../../src/workspace/workspace.ts';
import { ANNA, raw, startWithPage } from './support.ts';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await startWithPage();
});
afterAll(() => workspace.close());

const own = () => new URL(workspace.url).host;

describe("the page's files", () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/page/icon.svg', 'image/svg+xml'],
    ['/page/lib/lit-html/lit-html.js', 'text/javascript; charset=utf-8'],
    ['/page/lib/lit-html/directives/repeat.js', 'text/javascript; charset=utf-8'],
    ['/page/fonts/inter/400Regular/Inter_400Regular.ttf', 'font/ttf'],
    ['/page/lib/marked/lib/marked.esm.js', 'text/javascript; charset=utf-8'],
    ['/page/fonts/twemoji/twemoji.woff2', 'font/woff2'],
  ])('%s is %s', async (path, type) => {
    const { status, headers } = await raw(workspace, path);
    expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, type, 'nosniff']);
  });

  it.each([
    '/page/../contract.ts',
    '/page/..%2fcontract.ts',
    '/page/%2e%2e/contract.ts',
    '/page/contract.ts',
    '/page/tsconfig.json',
    '/page//etc/passwd',
    '/page/lib/lit-html/../../package.json',
    '/page/lib/lit-html/package.json',
    '/page/lib/lit-html/lit-html.js.map',
    '/page/lib/zod/index.js',
    '/page/fonts/inter/700Bold/Inter_700Bold.ttf',
    '/page/fonts/inter/400Regular/index.js',
    '/page/lib/marked/package.json',
    '/page/lib/marked/lib/../package.json',
    '/page/fonts/twemoji/package.json',
    '/files/F0NOBODYS1',
  ])('%s is not served', async (path) => {
    expect((await raw(workspace, path)).status).toBe(404);
  });

  it('answers 304 to who has the file, and HEAD without a body', async () => {
    const path = '/page/lib/lit-html/lit-html.js';
    const { etag } = (await raw(workspace, path)).headers;
    const again = await raw(workspace, path, { headers: { 'if-none-match': String(etag) } });
    expect([again.status, again.text]).toEqual([304, '']);
    const head = await raw(workspace, path, { method: 'HEAD' });
    expect([head.status, head.text, Number(head.headers['content-length']) > 1_000]).toEqual([200, '', true]);
  });

  it('allows the page its own scripts and the one import map that stands in it', async () => {
    const { headers, text } = await raw(workspace, '/');
    const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(map).digest('base64');
    const policy = String(headers['content-security-policy']);
    expect(map).toContain('lit-html');
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('does not exist in a workspace that was started without one', async () => {
    const bare = await startWorkspace();
    const answers = ['/', '/page/icon.svg', `/page/events?as=${ANNA}`].map((path) => raw(bare, path));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([404, 404, 404]);
    await bare.close();
  });

  it('is for this machine only', async () => {
    await expect(startWithPage({}, { host: '0.0.0.0' })).rejects.toThrow('for this machine only');
  });
});

describe('who may ask', () => {
  const say = { as: ANNA, kind: 'dismiss' };
  const json = { 'content-type': 'application/json' };
  const posted = (headers: Record<string, string>) =>
    raw(workspace, '/page/act', { method: 'POST', headers, body: JSON.stringify(say) });

  it.each(['rounds.attacker.example', '127.0.0.1.nip.example', '127.0.0.1', 'localhost:1'])(
    'refuses the name %s, which another site may have pointed here',
    async (host) => {
      const answers = [raw(workspace, '/', { headers: { host } }), posted({ ...json, host })];
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([421, 421]);
    },
  );

  it('answers at localhost and [::1], too', async () => {
    const { port } = new URL(workspace.url);
    for (const name of ['localhost', 'LOCALHOST', '[::1]']) {
      expect((await raw(workspace, '/page/icon.svg', { headers: { host: `${name}:${port}` } })).status).toBe(200);
    }
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a foreign origin', { origin: 'https://attacker.example' }],
    ['no origin in particular', { origin: 'null' }],
  ])('refuses what %s sends', async (_what, headers) => {
    const { status, text } = await posted({ ...json, ...headers });
    expect([status, JSON.parse(text).error]).toEqual([403, 'cross_site']);
  });

  it('refuses the stream to another site, and lets a link lead here', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site' };
    const stream = await raw(workspace, `/page/events?as=${ANNA}`, {
      headers: { ...foreign, 'sec-fetch-mode': 'cors' },
    });
    const link = await raw(workspace, '/', { headers: { ...foreign, 'sec-fetch-mode': 'navigate' } });
    expect([stream.status, link.status]).toEqual([403, 200]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses %s, which a form can send',
    async (type) => {
      expect((await posted({ 'content-type': type })).status).toBe(415);
    },
  );

  it("takes the page's own requests", async () => {
    const { status } = await posted({ ...json, 'sec-fetch-site': 'same-origin', origin: `http://${own()}` });
    expect(status).toBe(200);
  });

  it('says what is wrong with a body that is no object', async () => {
    for (const body of ['', '{', '[]', '1']) {
      const { status } = await raw(workspace, '/page/act', { method: 'POST', headers: json, body });
      expect(status).toBe(400);
    }
    expect((await raw(workspace, '/page/act', { method: 'PUT', headers: json })).status).toBe(405);
    expect((await raw(workspace, '/page/other', { method: 'POST', headers: json, body: '{}' })).status).toBe(404);
  });

  it.each(['/api/auth.test', '/response/x', '/upload/x', '/nothing'])(
    'refuses another name for what is not the page: %s',
    async (path) => {
      const { status, text } = await raw(workspace, path, { method: 'POST', headers: { host: 'slack.example' } });
      expect([status, JSON.parse(text).error]).toEqual([421, 'wrong_host']);
    },
  );

  it('leaves the Web API as it is for the rest: a form, from anywhere, with a token', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${workspace.botToken}` };
    const { text } = await raw(workspace, '/api/auth.test', { method: 'POST', headers: { ...form, host: own() } });
    expect(JSON.parse(text).ok).toBe(true);
  });

  it('asks no name where there is no page: a workspace for tests may stand behind anything', async () => {
    const bare = await startWorkspace();
    const { text } = await raw(bare, '/api/api.test', { headers: { host: 'slack.example' } });
    expect(JSON.parse(text).ok).toBe(true);
    await bare.close();
  });
});
