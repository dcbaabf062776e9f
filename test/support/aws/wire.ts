import type { IncomingMessage } from 'node:http';
import { AwsRefusal } from './refusal.ts';
import { Answer, type Asked, type AwsService, type Route } from './service.ts';
import { fromForm, toXml } from './xml.ts';

/** What a request asks of a service. */
export interface Question {
  /** `ListServices`. */
  operation: string;
  input: Record<string, unknown>;
  run(asked: Asked): unknown;
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Reads a request in the service's protocol; throws AwsRefusal as AWS does. */
export function readQuestion(service: AwsService, request: IncomingMessage, body: string): Question {
  switch (service.protocol) {
    case 'query':
    case 'ec2': {
      if (
        request.method !== 'POST' ||
        !request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      )
        throw new AwsRefusal('InvalidAction', 'not a form');
      const { Action, Version, ...input } = fromForm(body);
      const run = service.operations[String(Action)];
      if (!run || Version !== service.version)
        throw new AwsRefusal('InvalidAction', `The action ${Action} is not valid for this web service.`);
      return { operation: String(Action), input, run: (asked) => run(input, asked) };
    }
    case 'rest-json':
    case 'rest-xml': {
      const url = new URL(request.url ?? '/', 'http://aws');
      const route = service.routes.find((each) => matches(each, request.method, url));
      if (!route)
        throw new AwsRefusal('UnknownOperationException', `${request.method} ${url.pathname}`, { status: 404 });
      const input = {
        ...paramsOf(route.path, url.pathname),
        ...Object.fromEntries(url.searchParams),
        ...(service.protocol === 'rest-json' && body !== '' ? parse(body) : {}),
      };
      return { operation: route.operation, input, run: (asked) => route.run(input, asked) };
    }
    default: {
      const [target, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
      const run = service.operations[operation];
      if (target !== service.target || request.method !== 'POST' || request.url !== '/')
        throw new AwsRefusal('UnknownOperationException', '', { status: 404 });
      if (request.headers['content-type'] !== service.contentType || !run)
        throw new AwsRefusal('UnknownOperationException', '');
      const input = parse(body);
      return { operation, input, run: (asked) => run(input, asked) };
    }
  }
}

function matches({ method, path, having }: Route, asked: string | undefined, url: URL): boolean {
  return asked === method && paramsOf(path, url.pathname) !== undefined && (!having || url.searchParams.has(having));
}

/** The values of `{names}`; undefined when the path is another one. A last `{name+}` takes slashes too. */
function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const source = pattern.replace(/\{(\w+)(\+?)\}/g, (_, name, all) => `(?<${name}>${all ? '.+' : '[^/]+'})`);
  const groups = new RegExp(`^${source}/?$`).exec(path)?.groups;
  if (groups === undefined) return pattern.includes('{') || !new RegExp(`^${source}/?$`).test(path) ? undefined : {};
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

function parse(body: string): Record<string, unknown> {
  const value: unknown = JSON.parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AwsRefusal('SerializationException', 'Start of structure or map found where not expected.');
  return { ...value };
}

const json = 'application/x-amz-json-1.1';

/** What an operation returned, as the service's protocol carries it. */
export function replyOf(service: AwsService, operation: string, value: unknown): Reply {
  const { body, status, headers } = value instanceof Answer ? value : new Answer(value);
  switch (service.protocol) {
    case 'query': {
      const answer = { [`${operation}Result`]: body ?? {}, ResponseMetadata: { RequestId: 'r' } };
      return {
        status,
        headers: { 'content-type': 'text/xml', ...headers },
        body: toXml(answer, `${operation}Response`),
      };
    }
    case 'ec2':
      return {
        ...{ status, headers: { 'content-type': 'text/xml;charset=UTF-8', ...headers } },
        body: toXml({ requestId: 'r', ...(body as object) }, `${operation}Response`),
      };
    case 'rest-xml': {
      const [root, inner] = Object.entries((body ?? {}) as object)[0] ?? [];
      const xml = root === undefined ? '' : `<?xml version="1.0" encoding="UTF-8"?>${toXml(inner, root)}`;
      return { status, headers: { 'content-type': 'application/xml', ...headers }, body: xml };
    }
    case 'rest-json':
      return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body ?? {}) };
    default:
      return { status, headers: { 'content-type': service.contentType, ...headers }, body: JSON.stringify(body) };
  }
}

/** An answer without members: `{}`, or a result element with nothing in it. */
export function emptyReply(service: AwsService, operation: string): Reply {
  return replyOf(service, operation, service.protocol === 'rest-xml' ? { [`${operation}Result`]: {} } : {});
}

/** A refusal, as the service's protocol carries it. */
export function refusalReply(service: AwsService | undefined, { code, message, status, queryCode }: AwsRefusal): Reply {
  const error = { Type: 'Sender', Code: code, Message: message };
  const xml = { 'content-type': 'text/xml' };
  const wrapped = { status, headers: xml, body: toXml({ Error: error, RequestId: 'r' }, 'ErrorResponse') };
  switch (service?.protocol) {
    case 'query':
      return wrapped;
    case 'ec2': {
      const inner = { Errors: { Error: { Code: code, Message: message } }, RequestID: 'r' };
      return { status, headers: xml, body: toXml(inner, 'Response') };
    }
    case 'rest-xml':
      if (service.wrapped) return wrapped;
      return { status, headers: xml, body: toXml({ Code: code, Message: message, RequestId: 'r' }, 'Error') };
    case 'rest-json': {
      const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
      return { status, headers, body: JSON.stringify({ message }) };
    }
    default: {
      const headers = {
        'content-type': service?.contentType ?? json,
        ...(queryCode && { 'x-amzn-query-error': `${queryCode};Sender` }),
      };
      return { status, headers, body: JSON.stringify({ __type: code, message }) };
    }
  }
}
