import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { Secret } from '../../src/kernel/secret.ts';
import type { Tracker, TrackerSettings } from '../../src/tickets/model.ts';
import { openTracker } from '../../src/tickets/open.ts';
import { listenOn } from './listen.ts';

export const trackerToken = 'tok-en_of+the/tests';
const team = '7b6f1a52-3f0e-4b93-9d5c-0d4a4a1c2f11';

interface Made {
  key: string;
  title: string;
  /** All that is in it, as text. */
  text: string;
  comments: string[];
}

/** What it does with the next requests. `drop`: it is carried out, and the connection breaks before the answer. */
type Fault =
  | { kind: 'drop' }
  | { kind: 'hang' }
  | { kind: 'answer'; status: number; body?: unknown; headers?: Record<string, string> };

type Answer = { status: number; body: unknown };

/** A GitHub, a Jira Cloud or a Linear, as far as tickets need it; it refuses what the real one refuses. */
export async function startTracker(kind: TrackerSettings['kind'], { timeoutMs = 2_000 } = {}) {
  const made: Made[] = [];
  const asked: string[] = [];
  const faults: Fault[] = [];
  /** Its index does not know them yet. */
  const hidden = { newest: 0 };
  const server = createServer((request, response) => void take(request, response));
  const url = `http://127.0.0.1:${await listenOn(server)}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    const fault = faults.shift();
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'answer') {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {}));
      return;
    }
    const { status, body } = served[kind](request, text === '' ? undefined : JSON.parse(text));
    if (fault?.kind === 'drop') return void request.socket.resetAndDestroy();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  const found = (marker: string) =>
    made.slice(0, made.length - hidden.newest).filter(({ text }) => text.includes(marker));

  // biome-ignore lint/suspicious/noExplicitAny: bodies of three different services
  type Body = any;
  const served: Record<TrackerSettings['kind'], (request: IncomingMessage, body: Body) => Answer> = {
    github({ method, url: path = '', headers }, body) {
      if (headers.authorization !== `Bearer ${trackerToken}`)
        return { status: 401, body: { message: 'Bad credentials' } };
      if (!headers['user-agent']) return { status: 403, body: { message: 'User-Agent is required' } };
      if (!path.startsWith('/repos/acme/infra/issues')) return { status: 404, body: { message: 'Not Found' } };
      const shown = ({ key, title, text }: Made) => {
        const link = `https://github.example/acme/infra/issues/${key}`;
        return { number: Number(key), html_url: link, title, body: text };
      };
      const comment = /issues\/(\d+)\/comments$/.exec(path)?.[1];
      if (comment) {
        made.find(({ key }) => key === comment)?.comments.push(body.body);
        return { status: 201, body: { id: 1 } };
      }
      if (method === 'GET') {
        if (!/state=all/.test(path)) return { status: 200, body: [] };
        return {
          status: 200,
          body: made
            .slice(0, made.length - hidden.newest)
            .map(shown)
            .reverse(),
        };
      }
      if (typeof body.title !== 'string' || body.title.length > 256 || /[\r\n]/.test(body.title)) {
        const errors = [{ resource: 'Issue', field: 'title', code: 'invalid' }];
        return { status: 422, body: { message: 'Validation Failed', errors } };
      }
      made.push({ key: String(made.length + 1), title: body.title, text: body.body, comments: [] });
      return { status: 201, body: shown(made.at(-1)!) };
    },
    jira({ url: path = '', headers }, body) {
      const basic = `Basic ${Buffer.from(`ops@example.com:${trackerToken}`).toString('base64')}`;
      if (headers.authorization !== basic) return { status: 401, body: { errorMessages: ['Unauthorized'] } };
      const comment = /issue\/(OPS-\d+)\/comment$/.exec(path)?.[1];
      if (comment) {
        made.find(({ key }) => key === comment)?.comments.push(textOfDocument(body.body));
        return { status: 201, body: { id: '1' } };
      }
      if (path === '/rest/api/3/search/jql') {
        const marker = /description ~ "(\w+)"/.exec(body.jql)?.[1];
        if (!body.jql.startsWith('project = "OPS"') || !marker)
          return { status: 400, body: { errorMessages: ['JQL'] } };
        return { status: 200, body: { issues: found(marker).map(({ key }) => ({ id: '1', key })), isLast: true } };
      }
      if (path !== '/rest/api/3/issue') return { status: 404, body: {} };
      const { project, issuetype, summary, description } = body.fields;
      const errors: Record<string, string> = {};
      if (project.key !== 'OPS') errors.project = 'project is required';
      if (issuetype.name !== 'Task') errors.issuetype = 'Specify a valid issue type';
      if (/[\r\n]/.test(summary) || summary.length > 255) errors.summary = 'The summary is invalid';
      const text = textOfDocument(description);
      if (Object.keys(errors).length > 0) return { status: 400, body: { errorMessages: [], errors } };
      made.push({ key: `OPS-${made.length + 1}`, title: summary, text, comments: [] });
      return { status: 201, body: { id: '1', key: made.at(-1)!.key, self: 'x' } };
    },
    linear({ headers }, { query, variables }) {
      const error = (code: string, message: string) => ({
        status: 400,
        body: { errors: [{ message, extensions: { code } }] },
      });
      if (headers.authorization !== trackerToken) return error('AUTHENTICATION_ERROR', 'Authentication required');
      const shown = ({ key, text }: Made) => ({
        id: key,
        identifier: `ENG-${text.length}`,
        url: `https://linear.example/${key}`,
      });
      if (query.includes('commentCreate')) {
        made.find(({ key }) => key === variables.input.issueId)?.comments.push(variables.input.body);
        return { status: 200, body: { data: { commentCreate: { success: true } } } };
      }
      if (query.includes('issues(')) {
        const nodes = made.filter(({ key }) => key === variables.id).map(shown);
        return { status: 200, body: { data: { issues: { nodes } } } };
      }
      const { id, teamId, title, description } = variables.input;
      if (teamId !== team) return error('INPUT_ERROR', 'Entity not found: Team');
      if (made.some(({ key }) => key === id)) return error('INPUT_ERROR', 'id already exists');
      made.push({ key: id, title, text: description, comments: [] });
      return { status: 200, body: { data: { issueCreate: { success: true, issue: shown(made.at(-1)!) } } } };
    },
  };

  const settings: Record<TrackerSettings['kind'], TrackerSettings> = {
    github: { kind: 'github', url, repo: 'acme/infra', token: new Secret('TICKET_TOKEN'), auto: false },
    jira: {
      ...{ kind: 'jira', url, email: 'ops@example.com', project: 'OPS', issueType: 'Task' },
      ...{ token: new Secret('TICKET_TOKEN'), auto: false },
    },
    linear: { kind: 'linear', url, team, token: new Secret('TICKET_TOKEN'), auto: false },
  };
  const trackerWith = (over: Partial<TrackerSettings> = {}, token = trackerToken): Tracker =>
    openTracker({ ...settings[kind], ...over } as TrackerSettings, () => token, timeoutMs);
  return { made, asked, faults, hidden, url, tracker: trackerWith(), trackerWith };
}

/** As Jira reads it; it refuses a text that is empty. */
function textOfDocument(node: { type: string; version?: number; content?: unknown[] }): string {
  if (node.type !== 'doc' || node.version !== 1) throw new Error('not a document');
  const walk = (each: unknown): string => {
    const { type, text, content = [] } = each as { type: string; text?: string; content?: unknown[] };
    if (type === 'text' && !text) throw new Error('an empty text');
    return (text ?? '') + content.map(walk).join('') + (type === 'paragraph' ? '\n' : '');
  };
  return walk(node);
}
