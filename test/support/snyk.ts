import type { IncomingMessage } from 'node:http';
import { type JsonReply, jsonServer } from './json-server.ts';

export interface SnykIssue {
  key: string;
  severity: string;
  created_at: string;
  status?: 'open' | 'resolved';
  ignored?: boolean;
  type?: string;
  /** Of NVD. */
  cve?: string;
  package?: string;
  project?: string;
}

export const snykOrganization = '0b1f2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

/** An organisation with its issues, and how Snyk misbehaves; a test changes it while it runs. */
export interface SnykState {
  token: string;
  projects: Record<string, string>;
  issues: SnykIssue[];
  /** Instead of the answer to `projects` or `issues`; undefined = silence. */
  instead: Record<string, JsonReply | 'cut' | undefined>;
}

/** Snyk's REST API as far as the check asks: token, filters, `links.next` without a host. */
export async function snykServer(over: Partial<SnykState> = {}) {
  const state: SnykState = { token: 'snyk-secret', projects: { p1: 'my-org/shop' }, issues: [], instead: {}, ...over };
  const asked: URL[] = [];
  const server = await jsonServer((request, url) => {
    asked.push(url);
    return answer(state, request, url);
  });
  return { ...server, state, asked };
}

function answer(state: SnykState, request: IncomingMessage, url: URL): JsonReply | 'cut' | undefined {
  const [, organization, what = ''] = /^\/rest\/orgs\/([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
  if (what in state.instead) return state.instead[what];
  if (request.headers.authorization !== `token ${state.token}`) return { status: 401 };
  if (organization !== snykOrganization) return { status: 404 };
  if (url.searchParams.get('version') !== '2024-10-15') return { status: 400 };
  if (what === 'projects')
    return paged(
      Object.entries(state.projects).map(([id, name]) => ({ id, type: 'project', attributes: { name } })),
      url,
    );
  return paged(state.issues.filter((issue) => fits(issue, url.searchParams)).map(wire), url);
}

function fits({ severity, status = 'open', ignored = false, type }: SnykIssue, query: URLSearchParams): boolean {
  const values = {
    effective_severity_level: severity,
    status,
    ignored: String(ignored),
    type: type ?? 'package_vulnerability',
  };
  return Object.entries(values).every(([name, value]) => (query.get(name) ?? value) === value);
}

function wire(issue: SnykIssue, at: number): object {
  const { key, severity, created_at, status = 'open', ignored = false } = issue;
  const problems = [{ id: key, source: 'SNYK' }, ...(issue.cve ? [{ id: issue.cve, source: 'NVD' }] : [])];
  const dependency = { package_name: issue.package ?? 'lodash', package_version: '4.17.20' };
  return {
    ...{ id: `issue-${at}`, type: 'issue' },
    attributes: {
      ...{ key, created_at, status, ignored, problems, type: issue.type ?? 'package_vulnerability' },
      ...{ title: 'Reported by Jane Doe <jane@example.com>', effective_severity_level: severity },
      coordinates: [{ representations: [{ resource_path: '/' }, { dependency }] }],
    },
    relationships: { scan_item: { data: { id: issue.project ?? 'p1', type: 'project' } } },
  };
}

function paged(items: object[], url: URL): JsonReply {
  const size = Number(url.searchParams.get('limit') ?? 10);
  const from = Number(url.searchParams.get('starting_after') ?? 0);
  const next = new URL(url);
  next.searchParams.set('starting_after', String(from + size));
  const links = from + size < items.length ? { next: `${next.pathname}${next.search}` } : {};
  return {
    headers: { 'content-type': 'application/vnd.api+json' },
    body: { jsonapi: { version: '1.0' }, data: items.slice(from, from + size), links },
  };
}
