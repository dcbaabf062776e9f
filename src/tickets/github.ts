import { z } from 'zod';
import { type Answer, askTracker, refusalOf } from './ask.ts';
import { fenced } from './markdown.ts';
import type { Ticket, Tracker } from './model.ts';

export interface GitHubOptions {
  /** `https://api.github.com`, or that of an Enterprise Server. */
  url: string;
  /** `owner/name`. */
  repo: string;
  token: () => string;
  /** The variable that the token comes from. */
  tokenName: string;
  timeoutMs?: number;
}

const tracker = 'GitHub';
const pages = 3;
/** How far GitHub's clock may differ from ours. */
const skewMs = 300_000;
const issue = z.object({ number: z.number(), html_url: z.url(), body: z.string().nullish() });

/** Issues of one repository, by REST. They are found again by a comment that nobody sees. */
export function createGitHub({ url, repo, token, tokenName, timeoutMs }: GitHubOptions): Tracker {
  const ask = (method: 'GET' | 'POST', path: string, signal: AbortSignal, body?: unknown) =>
    askTracker(
      {
        ...{ tracker, method, url: `${url}/repos/${repo}${path}`, body, ...(timeoutMs !== undefined && { timeoutMs }) },
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token()}`,
          'x-github-api-version': '2022-11-28',
        },
      },
      signal,
    );
  const refusal = (answer: Answer) =>
    refusalOf(tracker, answer, wordsIn(answer.data), {
      token: `make a new one, and set ${tokenName}`,
      rights: 'the token needs "Issues: read and write" for the repository',
      missing: `there is no repository ${repo} whose issues the token can see`,
    });
  const ticketOf = ({ number, html_url: link }: z.output<typeof issue>): Ticket => {
    return { key: String(number), name: `${repo.split('/')[1]}#${number}`, url: link };
  };
  return {
    name: tracker,
    settlesInMs: 10_000,
    async create({ title, lines, marker }, signal) {
      const body = `${fenced(lines)}\n\n<!-- rounds:${marker} -->`;
      const answer = await ask('POST', '/issues', signal, { title, body });
      const made = answer.status === 201 ? issue.safeParse(answer.data) : undefined;
      if (!made?.success) throw refusal(answer);
      return ticketOf(made.data);
    },
    async find(marker, since, signal) {
      const from = new Date(since.getTime() - skewMs).toISOString();
      for (let page = 1; page <= pages; page += 1) {
        const which = `?state=all&sort=created&direction=desc&since=${from}&per_page=100&page=${page}`;
        const answer = await ask('GET', `/issues${which}`, signal);
        const listed = answer.status === 200 ? z.array(issue).safeParse(answer.data) : undefined;
        if (!listed?.success) throw refusal(answer);
        const found = listed.data.find(({ body }) => body?.includes(`rounds:${marker}`));
        if (found) return ticketOf(found);
        if (listed.data.length < 100) return undefined;
      }
      return undefined;
    },
    async comment(key, text, signal) {
      const answer = await ask('POST', `/issues/${key}/comments`, signal, { body: fenced([text]) });
      if (answer.status !== 201) throw refusal(answer);
    },
  };
}

function wordsIn(data: unknown): string {
  const said = z.object({ message: z.string(), errors: z.array(z.looseObject({})).optional() }).safeParse(data).data;
  const fields = said?.errors?.flatMap(({ field, message, code }) =>
    [field, message ?? code].filter(Boolean).join(' '),
  );
  return [said?.message, ...(fields ?? [])].filter(Boolean).join('; ');
}
