import { z } from 'zod';
import { PortError } from '../kernel/errors.ts';
import { type Answer, askTracker, refusalOf } from './ask.ts';
import { fenced } from './markdown.ts';
import type { Ticket, Tracker } from './model.ts';

export interface LinearOptions {
  /** `https://api.linear.app/graphql`. */
  url: string;
  /** The id (a UUID) of the team. */
  team: string;
  token: () => string;
  tokenName: string;
  timeoutMs?: number;
}

const tracker = 'Linear';
const issue = z.object({ id: z.string(), identifier: z.string(), url: z.url() });
const answered = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() }))
    .optional(),
});

const create = `mutation Make($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { id identifier url } }
}`;
const find = `query Find($id: ID!) {
  issues(filter: { id: { eq: $id } }, includeArchived: true, first: 1) { nodes { id identifier url } }
}`;
const comment = `mutation Comment($input: CommentCreateInput!) { commentCreate(input: $input) { success } }`;

/** Issues of one team, by GraphQL. The marker is the issue's own id: the same one can't be made twice. */
export function createLinear({ url, team, token, tokenName, timeoutMs }: LinearOptions): Tracker {
  async function ask<T>(query: string, variables: unknown, shape: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    // A personal API key stands there as it is; an OAuth token says Bearer itself.
    const headers = { authorization: token() };
    const answer = await askTracker(
      { tracker, method: 'POST', url, headers, body: { query, variables }, ...limit },
      signal,
    );
    const said = answered.safeParse(answer.data).data;
    const found = answer.status === 200 && !said?.errors?.length ? shape.safeParse(said?.data) : undefined;
    if (!found?.success) throw refusal(answer, said);
    return found.data;
  }
  const remedies = {
    token: `make a new API key, and set ${tokenName}`,
    rights: 'the key may not make issues in that team',
    missing: 'check ticket.url',
  };
  function refusal(answer: Answer, said: z.output<typeof answered> | undefined): PortError {
    const code = said?.errors?.[0]?.extensions?.code ?? '';
    const words = said?.errors?.map(({ message }) => message).join('; ') ?? '';
    // Its errors come with 400, or with 200.
    const status = statusOf[code] ?? (answer.status === 200 && words !== '' ? 400 : answer.status);
    return refusalOf(tracker, { ...answer, status }, words, remedies);
  }
  const ticketOf = ({ id, identifier, url: link }: z.output<typeof issue>): Ticket => {
    return { key: id, name: identifier, url: link };
  };
  return {
    name: tracker,
    settlesInMs: 0,
    async create({ title, lines, marker }, signal) {
      const shape = z.object({ issueCreate: z.object({ success: z.boolean(), issue: issue.nullish() }) });
      const input = { id: marker, teamId: team, title, description: fenced(lines) };
      const { issueCreate } = await ask(create, { input }, shape, signal);
      if (issueCreate.issue) return ticketOf(issueCreate.issue);
      throw new PortError('refused', 'Linear made no issue, and says no reason', { retryable: false });
    },
    async find(marker, _since, signal) {
      const shape = z.object({ issues: z.object({ nodes: z.array(issue) }) });
      const [found] = (await ask(find, { id: marker }, shape, signal)).issues.nodes;
      return found && ticketOf(found);
    },
    async comment(key, text, signal) {
      const input = { issueId: key, body: fenced([text]) };
      await ask(comment, { input }, z.object({ commentCreate: z.object({ success: z.boolean() }) }), signal);
    },
  };
}

const statusOf: Record<string, number> = {
  RATELIMITED: 429,
  AUTHENTICATION_ERROR: 401,
  FORBIDDEN: 403,
};
