import type { IncomingMessage } from 'node:http';
import { type JsonReply, jsonServer } from './json-server.ts';

export interface SentryIssue {
  id: string;
  shortId: string;
  title: string;
  level: string;
  firstSeen: string;
  lastSeen: string;
  substatus: 'new' | 'regressed' | 'ongoing';
  status: 'unresolved' | 'resolved';
  project: { id: string; slug: string };
}

/** What is in it, and how it misbehaves; a test changes it while it runs. */
export interface SentryState {
  token: string;
  organization: string;
  /** `joined`: the token's owner is a member; without a project in the question Sentry looks at these alone. */
  projects: { id: string; slug: string; firstEvent: string | null; joined?: boolean }[];
  issues: SentryIssue[];
  /** By outcome, by hour, oldest first; an hour more than 14 days, as Sentry rounds both ends. */
  events: Record<string, number[]>;
  /** Instead of the answer to `projects`, `issues` or `stats_v2`; undefined = silence. */
  instead: Record<string, JsonReply | 'cut' | undefined>;
}

const hourMs = 3_600_000;
export const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();

/** An issue that a test knows by its number; ongoing, first seen ten days ago, unless said otherwise. */
export function sentryIssue(number: number, more: Partial<SentryIssue> = {}): SentryIssue {
  return {
    id: String(1000 + number),
    shortId: `SHOP-${number.toString(36).toUpperCase()}`,
    title: `TypeError: Jane Doe <jane@example.com> has no appointment ${number}`,
    level: 'error',
    firstSeen: hoursAgo(240),
    lastSeen: hoursAgo(1),
    substatus: 'ongoing',
    status: 'unresolved',
    project: { id: '11', slug: 'backend' },
    ...more,
  };
}

const statsHours = 14 * 24 + 1;

/** Events by hour for 14 days: `last` in each hour of the last `days`, `before` in each one before them. */
export const hourly = (before: number, last: number, days = 1) =>
  Array.from({ length: statsHours }, (_, hour) => (hour < statsHours - days * 24 ? before : last));

/** A Sentry that answers as its API documents: bearer token, searches, projects by id, cursors in Link. */
export async function sentryServer(over: Partial<SentryState> = {}) {
  const state: SentryState = {
    token: 'sntrys_secret',
    organization: 'my-shop',
    projects: [
      { id: '11', slug: 'backend', firstEvent: hoursAgo(9000), joined: false },
      { id: '12', slug: 'frontend', firstEvent: hoursAgo(9000), joined: false },
    ],
    issues: [sentryIssue(1)],
    events: { accepted: hourly(10, 10), filtered: hourly(50, 50) },
    instead: {},
    ...over,
  };
  const asked: URL[] = [];
  const server = await jsonServer((request, url) => {
    asked.push(url);
    return answer(state, request, url);
  });
  return { ...server, state, asked };
}

function answer(state: SentryState, request: IncomingMessage, url: URL): JsonReply | 'cut' | undefined {
  const [, organization, what = ''] = /^\/api\/0\/organizations\/([^/]+)\/(\w+)\/$/.exec(url.pathname) ?? [];
  if (what in state.instead) return state.instead[what];
  if (request.headers.authorization !== `Bearer ${state.token}`)
    return { status: 401, body: { detail: 'Invalid token' } };
  if (organization !== state.organization)
    return { status: 404, body: { detail: 'The requested resource does not exist' } };
  if (what === 'projects') return paged(state.projects, url);
  if (what === 'issues') return paged(found(state, url.searchParams), url);
  if (what === 'stats_v2') return stats(state, url.searchParams);
  return { status: 404, body: { detail: 'The requested resource does not exist' } };
}

/** The part of the search that the check uses; anything else is refused, as Sentry refuses what it doesn't know. */
function found({ issues, projects }: SentryState, query: URLSearchParams): SentryIssue[] {
  const asked = query.getAll('project');
  const mine = projects.filter(({ joined }) => joined).map(({ id }) => id);
  const inScope = (id: string) => asked.includes('-1') || (asked.length > 0 ? asked : mine).includes(id);
  const words = (query.get('query') ?? 'is:unresolved').split(' ');
  return issues.filter((issue) => inScope(issue.project.id) && words.every((word) => holds(issue, word)));
}

function holds(issue: SentryIssue, word: string): boolean {
  const [, field, moment] = /^(firstSeen|lastSeen):>=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)$/.exec(word) ?? [];
  if (field === 'firstSeen' || field === 'lastSeen') return issue[field] >= `${moment}Z`;
  if (word === 'level:fatal') return issue.level === 'fatal';
  if (word === 'is:unresolved') return issue.status === 'unresolved';
  if (word === 'is:regressed') return issue.substatus === 'regressed';
  throw new Error(`a search that the stand-in does not know: ${word}`);
}

function paged(items: unknown[], url: URL): JsonReply {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 100), 100);
  const from = Number(url.searchParams.get('cursor')?.split(':')[1] ?? 0);
  const link = (rel: string, at: number, results: boolean) =>
    `<${url.href}&cursor=0:${at}:0>; rel="${rel}"; results="${results}"; cursor="0:${at}:0"`;
  const next = link('next', from + size, from + size < items.length);
  return {
    headers: { link: `${link('previous', Math.max(0, from - size), from > 0)}, ${next}` },
    body: items.slice(from, from + size),
  };
}

function stats({ events }: SentryState, query: URLSearchParams): JsonReply {
  const wanted = { field: 'sum(quantity)', groupBy: 'outcome', category: 'error', interval: '1h', statsPeriod: '14d' };
  const wrong = Object.entries(wanted).find(([name, value]) => query.get(name) !== value);
  if (wrong) return { status: 400, body: { detail: `Invalid ${wrong[0]}` } };
  const length = Math.max(...Object.values(events).map((series) => series.length), statsHours);
  const end = Math.floor(Date.now() / hourMs) * hourMs;
  const at = (index: number) => new Date(end - (length - 1 - index) * hourMs).toISOString().replace('.000', '');
  return {
    body: {
      start: at(0),
      end: at(length - 1),
      intervals: Array.from({ length }, (_, index) => at(index)),
      groups: Object.entries(events).map(([outcome, series]) => ({
        by: { outcome },
        totals: { 'sum(quantity)': series.reduce((sum, count) => sum + count, 0) },
        series: { 'sum(quantity)': series },
      })),
    },
  };
}
