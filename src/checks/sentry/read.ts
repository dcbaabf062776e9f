import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { askJson, refusal } from '../network/json-api.ts';
import { daysRead, type Events, eventCounts, statsAnswer } from './stats.ts';

/** Sentry's own page size for lists. */
const pageSize = 100;
const mostPages = 5;
export const mostIssues = pageSize * mostPages;
/** A page of issues has some 300 KB. */
const maxBytes = 8 * 1_048_576;

/** Who is asked, and with what; the token goes to this server alone. */
export interface Sentry {
  url: string;
  organization: string;
  token: string;
  signal: AbortSignal;
}

const project = z.object({ id: z.string(), slug: z.string(), firstEvent: z.string().nullish() });
export type Project = z.output<typeof project>;

/** Titles are not read: they may hold whatever the program had in its hands. */
const issue = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  shortId: z.string().regex(/^[\w-]{1,100}$/),
  level: z.string(),
  firstSeen: z.iso.datetime({ offset: true }),
});
export type Issue = z.output<typeof issue>;

/** All projects that the token can see, at most 500. */
export async function readProjects(sentry: Sentry): Promise<Project[]> {
  return (await readList(sentry, 'projects', [], project)).items;
}

/** Issues that a search finds, each once, at most 500; `more` = there are others. */
export async function readIssues(sentry: Sentry, query: string[][]): Promise<{ issues: Issue[]; more: boolean }> {
  const { items, more } = await readList(sentry, 'issues', query, issue);
  return { issues: [...new Map(items.map((item) => [item.id, item])).values()], more };
}

/** Errors that came in by hour, over two weeks: some 340 numbers for each outcome. */
export async function readEvents(sentry: Sentry, projects: string[][]): Promise<Events> {
  const query = [
    ['field', 'sum(quantity)'],
    ['groupBy', 'outcome'],
    ['category', 'error'],
    ['interval', '1h'],
    ['statsPeriod', `${daysRead}d`],
  ];
  const { json } = await ask(sentry, 'stats_v2', [...query, ...projects]);
  const counts = eventCounts(shaped(sentry, 'stats_v2', json, statsAnswer));
  if (counts === undefined) throw invalid(sentry, 'stats_v2', `it does not cover ${daysRead} days`);
  return counts;
}

async function readList<T>(sentry: Sentry, what: string, query: string[][], item: z.ZodType<T>) {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const paging = [
      ['per_page', String(pageSize)],
      ['limit', String(pageSize)],
      ...(cursor ? [['cursor', cursor]] : []),
    ];
    const answer = await ask(sentry, what, [...query, ...paging]);
    items.push(...shaped(sentry, what, answer.json, z.array(item)));
    cursor = nextCursor(answer.headers.link);
    if (cursor === undefined) return { items, more: false };
  }
  return { items, more: true };
}

/**
 * `<…>; rel="next"; results="true"; cursor="0:100:0"`: the cursor of the next page, if there is one. Its address isn't
 * followed, so that no answer can send the token elsewhere.
 */
export function nextCursor(link: string | string[] | undefined): string | undefined {
  const next = String(link ?? '')
    .split(/,\s*(?=<)/)
    .find((part) => /;\s*rel="next"/.test(part) && /;\s*results="true"/.test(part));
  return next === undefined ? undefined : /;\s*cursor="([\d:.-]{1,60})"/.exec(next)?.[1];
}

async function ask({ url, organization, token, signal }: Sentry, what: string, query: string[][]) {
  const who = `Sentry at ${new URL(url).host} (${what} of ${organization})`;
  const address = new URL(`${url}/api/0/organizations/${organization}/${what}/`);
  for (const [name = '', value = ''] of query) address.searchParams.append(name, value);
  const headers = { authorization: `Bearer ${token}` };
  const answer = await askJson({ who, url: address, headers, maxBytes }, signal);
  if (answer.status === 200) return answer;
  throw refusal(answer, who, {
    denied:
      answer.status === 401
        ? 'the token is not valid: make a new one in Sentry, with org:read, project:read and event:read'
        : 'give the token the scopes org:read, project:read and event:read',
    notFound: 'check organization and url, and that the token is one of this organisation',
  });
}

function shaped<T>(sentry: Sentry, what: string, json: unknown, shape: z.ZodType<T>): T {
  const read = shape.safeParse(json);
  if (read.success) return read.data;
  throw invalid(sentry, what, `at ${read.error.issues[0]?.path.join('.') || 'its top'}`);
}

function invalid({ url }: Sentry, what: string, where: string): Unmeasured {
  return new Unmeasured('invalid_answer', `Sentry at ${new URL(url).host}: ${what} is not as documented (${where})`, {
    next: 'check the url; a Sentry of your own may be too old',
  });
}
