import { z } from 'zod';
import { type Answer, askTracker, refusalOf } from './ask.ts';
import type { Ticket, Tracker } from './model.ts';

export interface JiraOptions {
  /** `https://example.atlassian.net`. */
  url: string;
  email: string;
  project: string;
  issueType: string;
  token: () => string;
  tokenName: string;
  timeoutMs?: number;
}

const tracker = 'Jira';
const created = z.object({ key: z.string() });
const searched = z.object({ issues: z.array(created) });

/** Issues of one project of Jira Cloud, by REST v3. They are found again by a word at the end of the description. */
export function createJira(options: JiraOptions): Tracker {
  const { url, email, project, issueType, token, tokenName, timeoutMs } = options;
  const ask = (path: string, signal: AbortSignal, body: unknown) => {
    const authorization = `Basic ${Buffer.from(`${email}:${token()}`).toString('base64')}`;
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    return askTracker(
      { tracker, method: 'POST', url: `${url}/rest/api/3${path}`, headers: { authorization }, body, ...limit },
      signal,
    );
  };
  const refusal = (answer: Answer) =>
    refusalOf(tracker, answer, wordsIn(answer.data), {
      token: `make a new API token for ${email}, and set ${tokenName}`,
      rights: `${email} may not make issues in ${project}`,
      missing: `there is no such thing for ${email}: check ticket.url and ticket.project`,
    });
  const ticketOf = (key: string): Ticket => ({ key, name: key, url: `${url}/browse/${key}` });
  return {
    name: tracker,
    // Its index follows some time later.
    settlesInMs: 60_000,
    async create({ title, lines, marker }, signal) {
      const answer = await ask('/issue', signal, {
        fields: {
          ...{ project: { key: project }, issuetype: { name: issueType }, summary: title },
          description: documentOf([...lines, wordOf(marker)]),
        },
      });
      const made = answer.status === 201 ? created.safeParse(answer.data) : undefined;
      if (!made?.success) throw refusal(answer);
      return ticketOf(made.data.key);
    },
    async find(marker, _since, signal) {
      const jql = `project = "${project}" AND description ~ "${wordOf(marker)}"`;
      const answer = await ask('/search/jql', signal, { jql, fields: ['summary'], maxResults: 2 });
      const found = answer.status === 200 ? searched.safeParse(answer.data) : undefined;
      if (!found?.success) throw refusal(answer);
      const [first] = found.data.issues;
      return first && ticketOf(first.key);
    },
    async comment(key, text, signal) {
      const answer = await ask(`/issue/${key}/comment`, signal, { body: documentOf([text]) });
      if (answer.status !== 201) throw refusal(answer);
    },
  };
}

/** One word for its index, which cuts at dashes. */
function wordOf(marker: string): string {
  return `rounds${marker.replaceAll('-', '')}`;
}

/** Atlassian's document format: text in it is text, whatever it says. An empty text is refused. */
function documentOf(lines: readonly string[]) {
  const content = lines.map((text) => ({ type: 'paragraph', content: text === '' ? [] : [{ type: 'text', text }] }));
  return { type: 'doc', version: 1, content };
}

function wordsIn(data: unknown): string {
  const shape = z.object({
    errorMessages: z.array(z.string()).optional(),
    errors: z.record(z.string(), z.string()).optional(),
  });
  const said = shape.safeParse(data).data;
  const fields = Object.entries(said?.errors ?? {}).map(([field, words]) => `${field}: ${words}`);
  return [...(said?.errorMessages ?? []), ...fields].join('; ');
}
