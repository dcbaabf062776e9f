import type { IncomingMessage } from 'node:http';
import { type JsonReply, jsonServer } from './json-server.ts';

export interface DependabotAlert {
  number: number;
  state: 'open' | 'dismissed' | 'auto_dismissed' | 'fixed';
  created_at: string;
  severity: string;
  cvss?: number;
  /** Undefined = only GitHub's own id. */
  cve?: string | null;
  package?: string;
  manifest?: string;
}

/** A repository with its alerts, and how GitHub misbehaves; a test changes it while it runs. */
export interface GithubState {
  token: string;
  repository: string;
  /** Dependabot alerts are off: 403 with these words. */
  off: boolean;
  alerts: DependabotAlert[];
  /** Instead of any answer, from the nth question on; undefined = silence. */
  instead?: { from: number; reply: JsonReply | 'cut' | undefined };
}

/** GitHub's REST API as far as Dependabot alerts go: token, filters, order, cursors in Link. */
export async function githubServer(over: Partial<GithubState> = {}) {
  const state: GithubState = { token: 'github_pat_x', repository: 'my-org/shop', off: false, alerts: [], ...over };
  const asked: URL[] = [];
  const server = await jsonServer((request, url) => {
    asked.push(url);
    const { instead } = state;
    return instead && asked.length >= instead.from ? instead.reply : answer(state, request, url);
  });
  return { ...server, state, asked };
}

function answer({ token, repository, off, alerts }: GithubState, request: IncomingMessage, url: URL): JsonReply {
  if (request.headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: 'Bad credentials' } };
  if (url.pathname !== `/repos/${repository}/dependabot/alerts`) return { status: 404, body: { message: 'Not Found' } };
  if (off) return { status: 403, body: { message: 'Dependabot alerts are disabled for this repository.' } };
  const query = url.searchParams;
  const within = (name: string, value: string) => query.get(name)?.split(',').includes(value) ?? true;
  const found = alerts
    .filter(({ state, severity }) => within('state', state) && within('severity', severity))
    .toSorted((a, b) => (query.get('direction') === 'asc' ? 1 : -1) * a.created_at.localeCompare(b.created_at));
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const from = Number(query.get('after') ?? 0);
  const next = new URL(`https://elsewhere.example.com${url.pathname}${url.search}`);
  next.searchParams.set('after', String(from + size));
  const links = ['<https://elsewhere.example.com/?before=0>; rel="prev"', `<${next}>; rel="next"`];
  return {
    headers: from + size < found.length ? { link: links.join(', ') } : {},
    body: found.slice(from, from + size).map(wire),
  };
}

function wire(alert: DependabotAlert): object {
  const { number, state, created_at, severity, cvss = 0, cve = null } = alert;
  return {
    ...{ number, state, created_at },
    dependency: {
      package: { ecosystem: 'npm', name: alert.package ?? 'lodash' },
      ...{ manifest_path: alert.manifest ?? 'package-lock.json', scope: 'runtime' },
    },
    security_advisory: {
      ...{ ghsa_id: `GHSA-aaaa-bbbb-${String(number).padStart(4, '0')}`, cve_id: cve, severity },
      ...{ summary: 'Reported by Jane Doe <jane@example.com>', cvss: { score: cvss, vector_string: null } },
    },
  };
}
